internal import DequeModule
internal import HeapModule

/// A lane with deferred calls, and when the first of them may be sent.
struct DueLane: Comparable, Sendable {
    /// Monotonic milliseconds.
    let at: Int64
    let lane: LaneSlot

    static func < (left: DueLane, right: DueLane) -> Bool { left.at < right.at }
}

/// A destination that the relay met, with its lanes that can send and those that wait.
///
/// A value; one owner.
struct DestinationEntry: Sendable {
    /// nil is the place of sources that the configuration does not know.
    var destination: Destination?
    var gate: DestinationGate
    var sources: [SourceSlot] = []

    /// Lanes whose next call is in memory and may be sent.
    var ready: Deque<LaneSlot> = []
    /// Lanes whose deferred calls are on disk only.
    var due: Heap<DueLane> = []

    var requests = 0
    var callsInFlight = 0
    /// Calls in memory, in flight or not, and bytes of their bodies.
    var used = 0
    var usedBytes = 0
    /// Room that reads under way may fill.
    var reserved = 0
    var blockedLanes = 0

    /// It had to stop reading for want of room.
    var isStarved = false
    /// It may have something to send: looked at before the machine returns.
    var isDirty = false
    /// While probing: its fresh calls were looked at, so that a deferred one may be the probe.
    var hasLooked = false
    /// The endpoint has no batch: calls go one in a request until the configuration changes.
    var sendsSingly = false

    var delivered = 0
    var retried = 0
    var dead = 0
    var lastAnswer: DestinationFigures.LastAnswer?

    init(_ destination: Destination?, gate: DestinationGate) {
        self.destination = destination
        self.gate = gate
    }

    /// Calls in memory that could be let go.
    var unsent: Int { self.used - self.callsInFlight }

    var concurrency: Int { self.destination?.concurrency ?? 0 }

    /// The most calls that the next request may carry.
    var batchLimit: Int {
        guard let destination, destination.batch, !self.sendsSingly, self.gate.state != .probing else { return 1 }
        return destination.maximumBatch
    }
}
