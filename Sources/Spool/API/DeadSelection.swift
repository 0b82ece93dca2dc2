/// Which dead letters are meant.
///
/// A plain value; safe on any thread.
package enum DeadSelection: Sendable, Equatable {
    /// Those with these ids; ids without a dead letter are passed over.
    case ids([Int64])

    /// Those of one source.
    case source(String)

    /// All that were there when the operation started.
    case all
}
