import Dispatch
import GRDB
import Glibc
import GroupCommit
import Logging
import Synchronization

/// Keeps data points and results of scanners up to date, on a thread of its own.
///
/// Woken after each commit; between two rounds it leaves the writer and the processor to the calls. Any thread may wake
/// and stop it.
final class Scanning: Sendable {
    /// Between two rounds, at least: under load each round looks once at every person that was met meanwhile.
    private static let pause = Duration.milliseconds(250)
    /// And so many times as long as the round took: calls have the processor and the writer most of the time.
    private static let pauseFactor = 6
    /// Without a word from the committer: for what other processes change, and for new days.
    private static let idle = DispatchTimeInterval.seconds(5)
    /// After an error of the store, which is the committer's to report too.
    private static let retry = Duration.seconds(5)
    /// Of the thread: calls go first.
    private static let niceness: Int32 = 10

    private let store: Store
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    private let signal = DispatchSemaphore(value: 0)
    private let isSignalled = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    private let ended = DispatchSemaphore(value: 0)
    private let isStarted = Atomic<Bool>(false)

    init(store: Store, clock: @escaping @Sendable () -> Instant, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    func start() {
        self.isStarted.store(true, ordering: .sequentiallyConsistent)
        WorkerThread.start(name: "hydra-scan") {
            // Linux has a niceness for each thread.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
            self.run()
            self.ended.signal()
        }
    }

    /// Says that there may be work. Cheap.
    func wake() {
        guard !self.isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.signal.signal()
    }

    /// Ends after the step it is in. Blocks until then.
    func stop() {
        guard self.isStarted.load(ordering: .sequentiallyConsistent) else { return }
        guard !self.isStopping.exchange(true, ordering: .sequentiallyConsistent) else { return }
        self.signal.signal()
        self.ended.wait()
    }

    /// Does all the work there is, on the calling thread. For an engine that does not work by itself.
    func settle() throws {
        var work = ScanWork(store: self.store, clock: self.clock)
        while try work.step() {}
    }

    private func run() {
        var work = ScanWork(store: self.store, clock: self.clock)
        var round = 0
        var began = ContinuousClock.now
        while !self.isStopping.load(ordering: .sequentiallyConsistent) {
            do {
                while try work.step() {
                    if self.isStopping.load(ordering: .sequentiallyConsistent) { return }
                    guard work.rounds != round else { continue }
                    round = work.rounds
                    self.sleep(max(Self.pause, (ContinuousClock.now - began) * Self.pauseFactor))
                    began = .now
                }
                self.wait(Self.idle)
                self.isSignalled.store(false, ordering: .sequentiallyConsistent)
                began = .now
            } catch {
                self.logger.error(
                    "the scanners cannot work now; they go on when the store can be read and written",
                    metadata: ["error.message": "\(Store.explain(error, path: self.store.path))"]
                )
                // What was gathered may be from a moment that is gone.
                work = ScanWork(store: self.store, clock: self.clock)
                self.sleep(Self.retry)
            }
        }
    }

    private func wait(_ time: DispatchTimeInterval) {
        _ = self.signal.wait(timeout: .now() + time)
    }

    /// A pause that only stopping ends early.
    private func sleep(_ time: Duration) {
        let end = ContinuousClock.now + time
        while !self.isStopping.load(ordering: .sequentiallyConsistent), ContinuousClock.now < end {
            usleep(20_000)
        }
    }
}
