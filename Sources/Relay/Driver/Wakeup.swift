internal import Synchronization

/// A timer that can be set earlier: one sleeping task at most.
///
/// Two threads may set it in another order than they wished to: the earlier time always wins, and whoever is woken
/// works out what to wait for next. Any thread.
final class Wakeup: Sendable {
    private struct State {
        /// When it is set to; `Int64.max` when it is not.
        var at = Int64.max
        var generation: UInt64 = 0
        var task: Task<Void, Never>?
    }

    private let clock: any RelayClock
    private let state = Mutex(State())

    init(clock: any RelayClock) {
        self.clock = clock
    }

    /// Runs `action` when the monotonic clock reaches `at` milliseconds, unless it is set to an earlier time already,
    /// or is set to one, or is cancelled, before.
    func set(at: Int64, _ action: @escaping @Sendable () -> Void) {
        let set = self.state.withLock { state -> (generation: UInt64, replaced: Task<Void, Never>?)? in
            guard at < state.at else { return nil }
            state.at = at
            state.generation += 1
            defer { state.task = nil }
            return (state.generation, state.task)
        }
        guard let (generation, replaced) = set else { return }
        replaced?.cancel()
        let task = Task { [clock] in
            guard (try? await clock.sleep(until: at)) != nil else { return }
            let isPresent = self.state.withLock { state -> Bool in
                guard state.generation == generation else { return false }
                state.at = .max
                state.task = nil
                return true
            }
            if isPresent { action() }
        }
        let isReplaced = self.state.withLock { state -> Bool in
            guard state.generation == generation else { return true }
            if state.at == at { state.task = task }
            return false
        }
        if isReplaced { task.cancel() }
    }

    /// Sets it to no time.
    func cancel() {
        let task = self.state.withLock { state -> Task<Void, Never>? in
            state.generation += 1
            state.at = .max
            defer { state.task = nil }
            return state.task
        }
        task?.cancel()
    }
}
