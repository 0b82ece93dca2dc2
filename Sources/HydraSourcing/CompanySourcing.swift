package import HydraDataPoints

/// The network's sources of data points about companies: the DNS and the home page.
///
/// Any thread. ``close()`` must be called before it is let go.
package final class CompanySourcing: CompanyLookup {
    private let resolver: DNSResolver
    private let homePage: HomePage

    /// - Parameters:
    ///   - nameServers: `host:port`; empty for the system's.
    ///   - allowance: for tests alone.
    package init(nameServers: [String] = [], allowance: TestAllowance? = nil) throws {
        let resolver = DNSResolver(servers: nameServers)
        self.resolver = resolver
        self.homePage = try HomePage(resolver: resolver, allowance: allowance)
    }

    /// Ends what is asked. Idempotent; does not wait.
    package func close() {
        self.resolver.close()
    }

    package func look(
        up domain: String,
        in sources: Set<NetworkSource>,
        at time: Int64,
        completion: @escaping @Sendable (SourcedFacts) -> Void
    ) -> @Sendable () -> Void {
        let task = Task { completion(await self.look(up: domain, in: sources, at: time)) }
        return { task.cancel() }
    }

    /// Looks a domain up in all given sources at once.
    ///
    /// - Parameters:
    ///   - domain: of ``DomainName/registrable(_:)``.
    ///   - time: of the points; milliseconds since 1970.
    /// - Returns: within some ten seconds, whatever the network does.
    package func look(
        up domain: String,
        in sources: Set<NetworkSource> = Set(NetworkSource.allCases),
        at time: Int64
    ) async -> SourcedFacts {
        guard PublicName.isPublic(domain) else {
            let reason = PageError.privateName.description
            return SourcedFacts(errors: Dictionary(uniqueKeysWithValues: sources.map { ($0, reason) }))
        }
        return await withTaskGroup(of: (NetworkSource, Result<[DataPoint], SourceFailure>).self) { group in
            for source in sources {
                group.addTask { (source, await self.ask(source, domain, time)) }
            }
            var facts = SourcedFacts()
            for await (source, result) in group {
                switch result {
                case .success(let points): facts.points[source] = points
                case .failure(let failure): facts.errors[source] = failure.reason
                }
            }
            return facts
        }
    }

    private struct SourceFailure: Error {
        let reason: String
    }

    private func ask(
        _ source: NetworkSource,
        _ domain: String,
        _ time: Int64
    ) async -> Result<[DataPoint], SourceFailure> {
        switch source {
        case .dns:
            do throws(DNSError) {
                return .success(try await DNSFacts.ask(self.resolver, domain: domain).points(domain: domain, at: time))
            } catch {
                return .failure(SourceFailure(reason: error.description))
            }
        case .homePage:
            switch await self.homePage.fetch(domain) {
            case .success(let page):
                return .success(PageReader.read(page).points(host: page.host, domain: domain, at: time))
            case .failure(let failure): return .failure(SourceFailure(reason: failure.description))
            }
        }
    }
}
