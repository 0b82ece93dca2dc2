internal import DequeModule
internal import Hydra
internal import Synchronization

/// Keeps the requests in flight to a destination, over all partitions that a process delivers, within the destination's
/// concurrency.
///
/// Each partition has a machine of its own, with its own breaker; none knows of the others. So each is given an equal
/// part of the concurrency, rounded up: users are spread evenly over the partitions, and a part of one's own cannot be
/// taken by a neighbour, so that no partition waits for another. What rounding up gives too much (most when there are
/// more partitions than requests allowed) waits here for its turn, in the order of arrival: fewer requests than there
/// are partitions, and none of them for ever.
///
/// One shared budget would use the concurrency better while only few partitions have calls, but couples machines that
/// are locked and stopped one by one: a wake-up lost between two of them would hold up a partition silently. Any thread.
final class SharedConcurrency: CallSending {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Place {
        var limit: Int
        var inFlight = 0
        var waiters: Deque<Waiter> = []

        /// Lets those in that there is room for.
        mutating func admit() -> [Waiter] {
            var admitted: [Waiter] = []
            while self.inFlight < self.limit, let next = self.waiters.popFirst() {
                self.inFlight += 1
                admitted.append(next)
            }
            return admitted
        }
    }

    private struct State {
        var places: [Endpoint: Place] = [:]
        var held: Set<Int> = []
        /// Those of them that are being given back.
        var leaving: Set<Int> = []
        var lastId: UInt64 = 0
    }

    private let sender: any CallSending
    private let state = Mutex(State())

    init(sender: any CallSending) {
        self.sender = sender
    }

    // MARK: Parts

    /// A destination as one partition may use it.
    func part(of destination: Destination) -> Destination {
        let (parts, admitted) = self.state.withLock { state -> (Int, [Waiter]) in
            var place = state.places[destination.endpoint] ?? Place(limit: destination.concurrency)
            place.limit = destination.concurrency
            let admitted = place.admit()
            state.places[destination.endpoint] = place
            return (max(1, state.held.count), admitted)
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
        return Destination(
            endpoint: destination.endpoint,
            batch: destination.batch,
            concurrency: (destination.concurrency - 1) / parts + 1,
            maximumBatch: destination.maximumBatch
        )
    }

    /// A partition is delivered by this process from now on, or is not any more: parts are to be asked for again.
    func setHeld(_ partition: Int, _ isHeld: Bool) {
        self.state.withLock { state in
            if isHeld { state.held.insert(partition) } else { state.held.remove(partition) }
            state.leaving.remove(partition)
        }
    }

    /// Whether this process has more partitions than its share without those that it is giving back; then this one is given
    /// back as well, and counts as such until it is not delivered any more.
    func giveBack(_ partition: Int, keeping share: Int) -> Bool {
        self.state.withLock { state in
            guard state.held.contains(partition), !state.leaving.contains(partition),
                state.held.count - state.leaving.count > share
            else { return false }
            state.leaving.insert(partition)
            return true
        }
    }

    /// How many requests a destination may have in flight.
    func limit(of endpoint: Endpoint) -> Int? { self.state.withLock { $0.places[endpoint]?.limit } }

    // MARK: Sending

    func send(_ call: Call, to endpoint: Endpoint) async -> Answer {
        guard await self.enter(endpoint) else { return Self.cancelled }
        defer { self.leave(endpoint) }
        return await self.sender.send(call, to: endpoint)
    }

    func send(batch: [Call], to endpoint: Endpoint) async -> [Answer] {
        guard await self.enter(endpoint) else { return [Answer](repeating: Self.cancelled, count: batch.count) }
        defer { self.leave(endpoint) }
        return await self.sender.send(batch: batch, to: endpoint)
    }

    private static let cancelled = Answer.retry(
        status: nil,
        reason: RetryReason.cancelled.rawValue,
        message: "not sent: the delivery was stopped",
        after: nil
    )

    /// Waits for a turn. false when the task is cancelled before.
    private func enter(_ endpoint: Endpoint) async -> Bool {
        let id = self.state.withLock { state -> UInt64? in
            if Self.enterAtOnce(&state.places[endpoint, default: Place(limit: .max)]) { return nil }
            state.lastId += 1
            return state.lastId
        }
        guard let id else { return true }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isIn = self.state.withLock { state -> Bool? in
                    // A task is marked as cancelled before its handler runs: either this sees the mark, or the handler,
                    // which waits for the lock, finds the waiter.
                    if Task.isCancelled { return false }
                    // Someone may have left since.
                    if Self.enterAtOnce(&state.places[endpoint, default: Place(limit: .max)]) { return true }
                    state.places[endpoint]?.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let isIn { continuation.resume(returning: isIn) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state -> Waiter? in
                guard let index = state.places[endpoint]?.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.places[endpoint]?.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Whoever waits goes first.
    private static func enterAtOnce(_ place: inout Place) -> Bool {
        guard place.waiters.isEmpty, place.inFlight < place.limit else { return false }
        place.inFlight += 1
        return true
    }

    private func leave(_ endpoint: Endpoint) {
        let admitted = self.state.withLock { state -> [Waiter] in
            state.places[endpoint]?.inFlight -= 1
            return state.places[endpoint]?.admit() ?? []
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
    }
}
