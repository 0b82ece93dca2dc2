internal import Dispatch
internal import Synchronization

/// Which other processes wait for the right to deliver a partition.
///
/// Each one that waits says so every second, to whoever listens: nothing is kept of it. A process that has its part of the
/// partitions waits for the rest as well, so that every one is heard that delivers, unless it delivers all. Safe on any thread.
final class Contenders: Sendable {
    private struct State {
        var heard: [UInt64: ContinuousClock.Instant] = [:]
        var toldAt: ContinuousClock.Instant?
        var subscription: NATSSubscription?
        /// The connection that the subscription was made over.
        var generation = 0
    }

    private static let pause: Duration = .seconds(1)

    /// For how long one is believed to wait that said so. Shorter than a lease: who takes the partitions of a process that died
    /// does not leave it any.
    private static let memory: Duration = .seconds(3)

    /// More than there are gateways: so whatever is sent here does not fill the memory.
    private static let maximum = 1_000

    private let client: JetStreamClient
    private let subject: String
    private let own = UInt64.random(in: 1 ... .max)
    /// Rings when the servers bring this process its own last word.
    private let hasLeft = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    init(client: JetStreamClient, layout: StreamLayout) {
        self.client = client
        self.subject = layout.waiting
    }

    func start() {
        // The ticker goes with the client.
        _ = self.client.addTicker { [weak self] in self?.listen() }
        self.listen()
    }

    /// How many were heard lately.
    var count: Int {
        let now = ContinuousClock.now
        return self.state.withLock { state in
            state.heard = state.heard.filter { now - $0.value < Self.memory }
            return state.heard.count
        }
    }

    /// Says that this process waits; cheap enough to be called at each look.
    func announce() {
        let now = ContinuousClock.now
        let isTime = self.state.withLock { state -> Bool in
            if let toldAt = state.toldAt, now - toldAt < Self.pause { return false }
            state.toldAt = now
            return true
        }
        if isTime { self.tell(.waits) }
    }

    /// Says that this process waits no more, so that the others need not find out. Blocks until the servers have it, for a
    /// moment at most.
    func leave() {
        guard self.client.isConnected, self.state.withLock({ $0.toldAt != nil }) else { return }
        self.tell(.leaves)
        _ = self.hasLeft.wait(timeout: .now() + .milliseconds(200))
    }

    private func tell(_ kind: Contention.Kind) {
        self.client.post(OutgoingMessage(self.subject, Contention(kind: kind, process: self.own).bytes), reply: nil)
    }

    /// Listens anew after each change of the connection: one that was made anew knows of no subscription.
    private func listen() {
        let generation = self.client.generation
        guard self.client.isConnected, self.state.withLock({ $0.generation != generation }) else { return }
        let subscription = try? self.client.subscribe(self.subject) { [weak self] in self?.received($0) }
        guard let subscription else { return }
        let old = self.state.withLock { state in
            defer {
                state.subscription = subscription
                state.generation = generation
            }
            return state.subscription
        }
        // Ended outside the lock.
        _ = old
    }

    private func received(_ message: NATSMessage) {
        guard let contention = Contention(message.payload) else { return }
        guard contention.process != self.own else {
            if contention.kind == .leaves { self.hasLeft.signal() }
            return
        }
        self.state.withLock { state in
            switch contention.kind {
            case .leaves: state.heard[contention.process] = nil
            case .waits where state.heard.count < Self.maximum || state.heard[contention.process] != nil:
                state.heard[contention.process] = ContinuousClock.now
            case .waits: break
            }
        }
    }
}
