import Synchronization

/// Whether a listener is armed in the event set, and since when it is not.
///
/// Threads: all. The event set is changed under the lock, so that state and set never differ; that does not block.
final class ListenerGate: Sendable {
    /// A paused listener is tried again after this, even if no connection has closed: descriptors may have become
    /// free elsewhere in the process.
    static let retryAfter: UInt64 = 100_000_000
    /// Longer than this nobody is kept waiting: a front server that is turned away can ask another responder.
    static let patience: UInt64 = 1_000_000_000

    private enum Position {
        case new
        case armed
        case paused(since: UInt64)
        case closed
    }

    private struct State {
        var position = Position.new
        /// When the listener first failed without a success since.
        var failingSince: UInt64?
    }

    let listener: Listener
    private let events: EventSet
    private let token: UInt64
    private let state = Mutex(State())

    init(_ listener: Listener, events: EventSet, token: UInt64) {
        self.listener = listener
        self.events = events
        self.token = token
    }

    /// Begins to accept; false if the event set refuses.
    func open() -> Bool {
        self.state.withLock { state in
            guard case .new = state.position else { return false }
            return self.arm(&state)
        }
    }

    /// A connection was accepted.
    func succeeded() {
        self.state.withLock { $0.failingSince = nil }
    }

    /// No connection can be accepted now, for lack of something: pauses. True if those that wait should be turned away.
    func failed(now: UInt64) -> Bool {
        self.state.withLock { state in
            guard case .armed = state.position else { return false }
            self.events.remove(self.listener.descriptor)
            state.position = .paused(since: now)
            let since = state.failingSince ?? now
            state.failingSince = since
            return now &- since >= Self.patience
        }
    }

    /// Something has become free, or time has passed.
    func retry(now: UInt64, isFreed: Bool) {
        self.state.withLock { state in
            guard case .paused(let since) = state.position, isFreed || now &- since >= Self.retryAfter else { return }
            _ = self.arm(&state)
        }
    }

    /// For good.
    func close() {
        self.state.withLock { state in
            if case .armed = state.position { self.events.remove(self.listener.descriptor) }
            state.position = .closed
        }
    }

    var isPaused: Bool {
        self.state.withLock { state in
            if case .paused = state.position { true } else { false }
        }
    }

    /// A refusal (no memory) leaves the position, to be tried again.
    private func arm(_ state: inout State) -> Bool {
        guard self.events.add(self.listener.descriptor, .readExclusive, token: self.token) else { return false }
        state.position = .armed
        return true
    }
}
