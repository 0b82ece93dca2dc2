/// What is in the spool, as of one committed state.
///
/// A plain value; safe on any thread.
package struct SpoolStatistics: Sendable, Equatable {
    /// How many calls from the front of the queue are looked at for the oldest call of each source.
    package static let examinedCalls = 1_000

    /// Calls that wait in the order of their arrival.
    package var fresh = 0

    /// Calls that wait for another attempt, or behind one that does.
    package var deferred = 0

    /// All calls that wait.
    package var depth: Int { self.fresh + self.deferred }

    /// When the call that waits longest was received, in milliseconds since 1970 UTC; nil when none waits.
    package var oldestReceivedAt: Int64?

    /// Dead letters.
    package var dead = 0

    /// Rejected events that are kept.
    package var rejected = 0

    /// Rejected events that made room for later ones, ever.
    package var rejectedDropped = 0

    /// Calls that were stored, ever.
    package var appended = 0

    /// Calls that were not stored because they were seen before, ever.
    package var duplicates = 0

    /// Calls that the destination took, ever.
    package var delivered = 0

    /// The highest id given out so far; 0 at first.
    package var lastId: Int64 = 0

    /// The size of everything in the spool, in bytes: used pages and the write-ahead log.
    package var bytes: Int64 = 0

    /// The most that `bytes` may become before calls are refused.
    package var maximumBytes: Int64 = 0

    /// Free bytes of the file system, as far as this process may use them.
    package var freeBytes: Int64 = 0

    /// Message ids that are remembered.
    package var dedupeIds = 0

    /// How far back a repeated message id is recognised for certain, in milliseconds: the configured window, or less
    /// when the bound on remembered ids shortened it.
    package var dedupeWindow: Int64 = 0

    /// Where a call is when its append is answered.
    package var durability = Durability.disk

    /// Why calls are refused at the moment; nil while they are taken.
    package var refusing: SpoolError?

    /// The same for every source that ever left something here, ordered by name.
    package var sources: [SourceStatistics] = []

    /// Each partition in its order, where several gateways can share them; none for a spool that is one piece.
    package var partitions: [PartitionStatistics] = []

    package init() {}
}
