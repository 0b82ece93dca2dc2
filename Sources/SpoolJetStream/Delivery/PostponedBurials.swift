internal import Spool
internal import Synchronization

/// Dead letters for which there was no room, and when to try them again.
///
/// Only in memory: their calls are deferred in the journal, and whoever delivers the partition next sends them again. Safe on any
/// thread.
final class PostponedBurials: Sendable {
    /// What is worth a line in the log.
    enum News: Sendable {
        case begun
        case ended
    }

    /// The longest pause between two tries, in seconds; the first is a second, and each is twice the one before.
    static let longestPause: Int64 = 60

    /// The most letters that wait; more are refused, which holds up delivery.
    private static let maximum = 10_000

    private struct State {
        var waiting: [UInt64: DeadReason] = [:]
        var pause: Int64 = 1
        var until = ContinuousClock.now
        var isUnderWay = false
        /// Whether it was told that letters wait.
        var isTold = false
    }

    private let state = Mutex(State())

    func contains(_ sequence: UInt64) -> Bool { self.state.withLock { $0.waiting[sequence] != nil } }

    func hasRoom(for sequences: [UInt64]) -> Bool {
        self.state.withLock { state in
            let new = sequences.filter { state.waiting[$0] == nil }.count
            return new == 0 || state.waiting.count + new <= Self.maximum
        }
    }

    func forget(_ sequences: [UInt64]) {
        self.state.withLock { state in
            guard !state.waiting.isEmpty else { return }
            for sequence in sequences { state.waiting[sequence] = nil }
        }
    }

    /// Takes letters that were refused, and forgets those that were written.
    func remember(_ letters: [UInt64: DeadReason], forget written: [UInt64]) -> News? {
        self.forget(written)
        return self.state.withLock { state in
            if letters.isEmpty {
                // There is room again.
                if !written.isEmpty { state.pause = 1 }
                return nil
            }
            state.waiting.merge(letters) { $1 }
            state.until = ContinuousClock.now + .seconds(state.pause)
            defer { state.isTold = true }
            return state.isTold ? nil : .begun
        }
    }

    /// The next letters to try, in the order of their calls; nil when it is not time. Followed by ``tried(gone:)``.
    func due(limit: Int) -> [(sequence: UInt64, reason: DeadReason)]? {
        let now = ContinuousClock.now
        return self.state.withLock { state in
            guard !state.waiting.isEmpty, !state.isUnderWay, now >= state.until else { return nil }
            state.isUnderWay = true
            // For the try that may fail in another way.
            state.pause = min(Self.longestPause, state.pause * 2)
            state.until = now + .seconds(state.pause)
            return state.waiting.sorted { $0.key < $1.key }.prefix(limit).map { ($0.key, $0.value) }
        }
    }

    func tried(gone: [UInt64]) -> News? {
        self.forget(gone)
        return self.state.withLock { state in
            state.isUnderWay = false
            if state.pause == 1 { state.until = ContinuousClock.now }
            guard state.isTold, state.waiting.isEmpty else { return nil }
            state.isTold = false
            state.pause = 1
            return .ended
        }
    }
}
