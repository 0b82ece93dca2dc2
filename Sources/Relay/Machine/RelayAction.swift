internal import Spool

/// What the machine wants done. Whoever runs it does it, in any order, and tells the machine what came of it.
///
/// A value; any thread.
enum RelayAction: Sendable {
    /// Send these calls in one request; then ``RelayMachine/answered(_:with:at:)``.
    case send(Dispatch)
    /// Record these settlements in one transaction; then `settled` or `settleFailed`. One at a time.
    case settle([Settlement])
    /// Read fresh calls; then `fetched` or `readFailed`. One read of fresh calls or sources at a time.
    case fetch(FreshRead)
    /// Ask which sources have fresh calls; then `surveyed` or `readFailed`.
    case survey
    /// Read deferred calls; then `loaded` or `readFailed`. One at a time.
    case load(DeferredRead)
    /// Wait until calls are appended; then `appended`. One at a time.
    case awaitAppend(seen: Int64)
    /// Call `tick` at this monotonic time in milliseconds. Replaces an earlier wish for a later time.
    case wake(at: Int64)
    /// Tell people.
    case report(RelayEvent)
}

/// A request to a destination.
struct Dispatch: Sendable {
    let ticket: Int
    let destination: Destination
    /// At least one, each of another lane. One goes by its own route, several by the batch route.
    let calls: [StoredCall]
}

/// A read of fresh calls.
struct FreshRead: Sendable, Equatable {
    let after: Int64
    let sources: SourceFilter
    let limit: Int
    let maximumBytes: Int
    let maximumRows: Int
}

/// A read of deferred calls.
struct DeferredRead: Sendable, Equatable {
    let lanes: [Int64]
    /// Calls of each lane.
    let limit: Int
    let maximumBytes: Int
}

/// What happened that a person may want to know.
enum RelayEvent: Sendable, Equatable {
    case stateChanged(Destination, from: DestinationState, to: DestinationState)
    /// Calls of a source are kept that the configuration does not know.
    case sourceGone(String)
    case sourceBack(String)
    /// The endpoint answered that it has no batch.
    case batchUnsupported(Destination)
    case spoolFailing(SpoolTrouble.Operation, message: String)
    case spoolRecovered(SpoolTrouble.Operation)
}

/// What came of an answer.
struct Answered: Sendable {
    var actions: [RelayAction] = []
    /// For each call of the request when it is to be sent again, in wall-clock milliseconds; empty if none is.
    var willRetryAt: [Int64?] = []
}
