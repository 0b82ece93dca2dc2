import Synchronization

/// Lets one line a second of a kind through, so that a hostile or broken peer cannot fill the disk.
///
/// Threads: all.
final class LogThrottle: Sendable {
    private static let interval: UInt64 = 1_000_000_000

    private struct State {
        var next: UInt64 = 0
        var held = 0
    }

    private let state = Mutex(State())

    /// Nil if the line is to be left out; otherwise how many were left out since the last.
    func pass(now: UInt64 = monotonicNow()) -> Int? {
        self.state.withLock { state in
            guard now >= state.next else {
                state.held &+= 1
                return nil
            }
            state.next = now &+ Self.interval
            return exchange(&state.held, with: 0)
        }
    }
}
