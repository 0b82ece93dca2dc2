import Dispatch
import Glibc
import GroupCommit
import Synchronization

/// A thread for work that nobody waits for: it is woken, it pauses, and it ends when it is told to.
///
/// Any thread may wake and stop it; `wait` and `sleep` are the body's own.
final class BackgroundLoop: Sendable {
    /// Of the thread: calls go first.
    private static let niceness: Int32 = 10

    private let signal = DispatchSemaphore(value: 0)
    private let isSignalled = Atomic<Bool>(false)
    private let isToldToStop = Atomic<Bool>(false)
    private let isStarted = Atomic<Bool>(false)
    private let toldToStop = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// The body should end soon.
    var isStopping: Bool { self.isToldToStop.load(ordering: .sequentiallyConsistent) }

    /// - Parameter body: runs once; returns when ``isStopping``.
    func start(name: String, body: @escaping @Sendable () -> Void) {
        self.isStarted.store(true, ordering: .sequentiallyConsistent)
        WorkerThread.startWithProgram(name: name) {
            // Linux has a niceness for each thread.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
            body()
            self.ended.signal()
        }
    }

    /// Says that there may be work. Cheap.
    func wake() {
        guard !self.isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.signal.signal()
    }

    /// Blocks until the body has ended, if it was ever started.
    func stop() {
        guard self.isStarted.load(ordering: .sequentiallyConsistent) else { return }
        guard !self.isToldToStop.exchange(true, ordering: .sequentiallyConsistent) else { return }
        self.signal.signal()
        self.toldToStop.signal()
        self.ended.wait()
    }

    /// Until somebody wakes it or the time is over. What wakes it from here on counts for the next time.
    ///
    /// - Returns: whether somebody woke it.
    @discardableResult
    func wait(_ time: DispatchTimeInterval) -> Bool {
        let isWoken = self.signal.wait(timeout: .now() + time) == .success
        self.isSignalled.store(false, ordering: .sequentiallyConsistent)
        return isWoken
    }

    /// A pause that only stopping ends early.
    func sleep(_ time: Duration) {
        // Only one thread waits for it, and it ends with the loop: once signalled it need not be again.
        guard !self.isStopping else { return }
        _ = self.toldToStop.wait(timeout: .now() + .milliseconds(Int(clamping: time.milliseconds)))
    }
}
