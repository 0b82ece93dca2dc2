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
