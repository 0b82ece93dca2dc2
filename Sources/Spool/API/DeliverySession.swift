/// The right to deliver, held by at most one session of at most one process; it ends with ``release()``, with the last
/// reference, or with the process.
///
/// All members may be called from any task at the same time. After ``release()`` they throw `SpoolError` with the code
/// `stopped`; with the code `missing` when the spool's files were deleted or set aside, so that ids read before mean
/// nothing any more: release the session, acquire another one and begin again.
package protocol DeliverySession: Sendable {
    /// Fresh calls (not deferred) with an id above `id`, in the order of their ids; at least one if there is any, else
    /// until `limit` calls or until their bodies are `maximumBytes` long.
    func fresh(after id: Int64, limit: Int, maximumBytes: Int) async throws -> [StoredCall]

    /// The same for the calls of some sources, examining at most `maximumRows` calls, so that no read is long; the
    /// bodies of calls that do not match are not read.
    func fresh(
        after id: Int64,
        sources: SourceFilter,
        limit: Int,
        maximumBytes: Int,
        maximumRows: Int
    ) async throws -> FreshPage

    /// The sources that have any fresh call. Takes a time that grows with the number of sources only.
    func freshSources() async throws -> FreshSources

    /// All lanes with deferred calls, in the order of their numbers.
    func deferredLanes() async throws -> [DeferredLane]

    /// The same for very many lanes: those with a number above `lane` (nil: from the first), at most `limit`.
    func deferredLanes(after lane: Int64?, limit: Int) async throws -> [DeferredLane]

    /// Deferred calls of a lane, in the order of their ids; at least one if there is any, else until `limit` calls or
    /// until their bodies are `maximumBytes` long.
    func deferred(lane: Int64, limit: Int, maximumBytes: Int) async throws -> [StoredCall]

    /// Deferred calls of several lanes in one read, in the order of `lanes`, at most `limit` of each. Every lane gets
    /// at least its first call, whatever `maximumBytes` (over all lanes) says; a lane without calls is empty.
    func deferred(lanes: [Int64], limit: Int, maximumBytes: Int) async throws -> [DeferredCalls]

    /// Records what became of calls, on disk when this returns. The array's order is the order of effect, and an id may stand
    /// in it more than once. When it throws, a part from the beginning may stand (one transaction is all or nothing, but
    /// there are several of them while space is short): settling the same again does no harm.
    func settle(_ settlements: [Settlement]) async throws

    /// Waits until calls were committed, by this or by another process, since this function last returned.
    ///
    /// With `seen`, the highest id that the caller has scanned through, it returns at once when there is a fresh call
    /// above it. It may return early for no reason. It also returns at the timeout and when the task is cancelled.
    func waitForAppend(seen: Int64?, timeout: Duration) async

    /// Lets another session, here or in another process, deliver. May be called twice.
    func release() async
}
