import Dispatch
import Synchronization

/// Hashes passwords on a thread of its own, one at a time: hashing is slow on purpose, and the workers have others to
/// answer. Any thread; never blocks.
final class PasswordWorker: Sendable {
    /// More that wait would time out in the web server.
    private static let maximumWaiting = 8

    private let queue = DispatchQueue(label: "hydra-password")
    private let waiting = Atomic<Int>(0)

    /// - Returns: false if too many wait already; the work never runs then.
    func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard self.waiting.add(1, ordering: .relaxed).newValue <= Self.maximumWaiting else {
            self.waiting.subtract(1, ordering: .relaxed)
            return false
        }
        self.queue.async {
            work()
            self.waiting.subtract(1, ordering: .relaxed)
        }
        return true
    }
}
