/// Which sources have fresh calls, as of one committed state.
///
/// A plain value; safe on any thread.
package struct FreshSources: Sendable, Equatable {
    /// The names of the sources with at least one fresh call, ordered.
    package let names: [String]

    /// The highest id given out so far; 0 at first.
    package let lastID: Int64

    package init(names: [String], lastID: Int64) {
        self.names = names
        self.lastID = lastID
    }
}
