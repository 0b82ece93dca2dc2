import Synchronization

/// Bounds the bytes of requests that wait for their commit, so that a stalled disk cannot fill the memory.
///
/// Any thread.
final class MemoryBudget: Sendable {
    /// Bytes of call bodies that may wait at once. At 2 kB an event this is a backlog of 128,000 uncommitted events,
    /// seconds of work for any disk; beyond it clients are told to come back.
    static let defaultBytes = 256 << 20

    private let limit: Int
    private let used = Atomic<Int>(0)

    init(bytes: Int = MemoryBudget.defaultBytes) {
        self.limit = bytes
    }

    /// Takes `bytes` from the budget; false (and nothing taken) when they do not fit. One request always fits an
    /// unused budget, however large it is.
    func take(_ bytes: Int) -> Bool {
        let before = self.used.wrappingAdd(bytes, ordering: .relaxed).oldValue
        if before > 0, before + bytes > self.limit {
            self.used.wrappingSubtract(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Gives back what ``take(_:)`` took.
    func give(_ bytes: Int) {
        self.used.wrappingSubtract(bytes, ordering: .relaxed)
    }

    /// Bytes that wait now.
    var bytesWaiting: Int { self.used.load(ordering: .relaxed) }
}
