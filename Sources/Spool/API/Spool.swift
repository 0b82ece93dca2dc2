/// The durable queue between the edge and the relay: what was appended and acknowledged survives every crash and is
/// handed out, in order, until it is settled.
///
/// Several processes may use one spool at once. All members may be called from any thread. Another engine than SQLite
/// can stand behind this protocol.
package protocol Spool: AnyObject, Sendable {
    /// Stores a batch, leaving out what the deduplication window has seen.
    ///
    /// Never waits for the disk. `completion` runs exactly once: on success after the commit is on disk, on a thread of
    /// the spool; on failure possibly on the calling thread before `append` returns. It must not block and must not
    /// call ``close()``.
    func append(
        _ batch: AppendBatch,
        completion: @escaping @Sendable (Result<AppendReceipt, SpoolError>) -> Void
    )

    /// Into how many partitions the queue is cut, at least 1. All calls of a lane are in one partition; each partition has
    /// its own order of ids and its own right to deliver, so that several processes can share the work.
    var partitions: Int { get }

    /// Waits until no other process and no other session delivers a partition, and then holds the right to.
    ///
    /// - Parameter partition: from 0 up to below ``partitions``.
    /// - Throws: `CancellationError` when the task is cancelled while it waits; `SpoolError` when the right cannot be
    ///   had at all.
    func acquireDelivery(partition: Int) async throws -> any DeliverySession

    /// How many other processes wait for the right to deliver a partition at the moment, as far as is known. One that has a
    /// part of the partitions and waits for the rest counts, too. Cheap: what was heard last.
    var contenders: Int { get }

    /// What is in the spool; takes a time that grows with the number of sources only. Blocks for a short read.
    func statistics() throws -> SpoolStatistics

    /// Dead letters with an id above `id`, of one source or of all, in the order of their ids.
    func deadLetters(source: String?, after id: Int64, limit: Int) throws -> [DeadLetter]

    /// The dead letter with this id.
    func deadLetter(id: Int64) throws -> DeadLetter?

    /// The dead letters with the highest ids, these first, without the bodies of their calls: quick, for showing.
    func newestDeadLetters(limit: Int) throws -> [DeadLetter]

    /// Ids of dead letters, above `id` and not above `through`, in their order: of those that were given up for the reason
    /// of this code (nil: any). Looks at each dead letter until it has `limit`.
    func deadIds(code: String?, after id: Int64, through: Int64, limit: Int) throws -> [Int64]

    /// Puts dead letters back into the queue: in the order of their ids, under new ids, with no attempts, not
    /// deduplicated. Blocks; may be called while gateways run. Returns how many.
    func replayDead(_ selection: DeadSelection) throws -> Int

    /// Deletes dead letters. Blocks; may be called while gateways run. Returns how many.
    func dropDead(_ selection: DeadSelection) throws -> Int

    /// Rejected events with an id above `id`, in the order of their ids.
    func rejectedEvents(after id: Int64, limit: Int) throws -> [RejectedRecord]

    /// Why calls are refused at the moment, nil while they are taken. Cheap: the last known state.
    var refusing: SpoolError? { get }

    /// Why a call would be refused now: ``refusing``, or what a look at the disk tells that nobody has met yet. Blocks for
    /// the time of that look.
    func look() -> SpoolError?

    /// Commits what waits, runs its completions, and lets go of every file. Blocks; may be called twice.
    func close()
}

extension Spool {
    /// Nobody is known of: where there is one partition, there is nothing to share.
    package var contenders: Int { 0 }

    /// The right to deliver of a spool that is one piece, or of the first partition.
    package func acquireDelivery() async throws -> any DeliverySession {
        try await self.acquireDelivery(partition: 0)
    }
}

extension Spool {
    /// An engine without a disk of its own knows no more than it was told.
    package func look() -> SpoolError? { self.refusing }
}
