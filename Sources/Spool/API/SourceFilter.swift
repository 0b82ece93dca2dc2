/// Whose calls are meant.
///
/// A plain value; safe on any thread.
package enum SourceFilter: Sendable, Equatable {
    /// Those of every source.
    case all

    /// Those of these sources.
    case only(Set<String>)

    /// Those of every source but these.
    case except(Set<String>)
}

extension SourceFilter {
    /// Whether calls of a source are meant.
    package func includes(_ source: String) -> Bool {
        switch self {
        case .all: true
        case .only(let sources): sources.contains(source)
        case .except(let sources): !sources.contains(source)
        }
    }
}
