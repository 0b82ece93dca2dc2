/// Asks the network about companies.
///
/// Any thread.
package protocol CompanyLookup: Sendable {
    /// Looks a company's domain up, once in each source; sources fail apart from each other. Never blocks.
    ///
    /// - Parameters:
    ///   - domain: of ``DomainName/registrable(_:)``.
    ///   - sources: at least one.
    ///   - time: of the points that are found; milliseconds since 1970.
    ///   - completion: runs exactly once, here or on another thread, within a bounded time. Must not block.
    /// - Returns: ends the lookup early; the completion runs nevertheless.
    func look(
        up domain: String,
        in sources: Set<NetworkSource>,
        at time: Int64,
        completion: @escaping @Sendable (SourcedFacts) -> Void
    ) -> @Sendable () -> Void
}

/// A source of data points that uses the network. The raw values stand in the database and never change.
package enum NetworkSource: String, CaseIterable, Sendable {
    case dns
    case homePage = "home_page"

    package var dataSource: DataSource {
        switch self {
        case .dns: .dns
        case .homePage: .homePage
        }
    }
}

/// What a lookup found: for each source that was asked either points or an error.
///
/// A value; any thread.
package struct SourcedFacts: Sendable, Equatable {
    /// May be empty: a source that answers and says nothing is no error.
    package var points: [NetworkSource: [DataPoint]]
    /// Why a source found nothing, in words for people.
    package var errors: [NetworkSource: String]

    package init(points: [NetworkSource: [DataPoint]] = [:], errors: [NetworkSource: String] = [:]) {
        self.points = points
        self.errors = errors
    }
}
