import Dispatch
import GRDB
import Logging

/// Keeps data points and results of scanners up to date, on a thread of its own.
///
/// Woken after each commit. It never waits in proportion to what it did: its steps are short, its thread has a niceness,
/// and what is new is gathered for a moment (``ScanWork/gathering``). Any thread may wake and stop it.
final class Scanning: Sendable {
    /// After each step, so that the committer finds the writer and the processor free whatever there is to do.
    private static let breath = Duration.milliseconds(2)
    /// Without a word from the committer: for what other processes change, and for new days.
    private static let idle = DispatchTimeInterval.seconds(5)
    /// After an error of the store, which is the committer's to report too.
    private static let retry = Duration.seconds(5)

    private let store: Store
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    private let loop = BackgroundLoop()

    init(store: Store, clock: @escaping @Sendable () -> Instant, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    func start() {
        self.loop.start(name: "hydra-scan") { self.run() }
    }

    /// Says that there may be work. Cheap.
    func wake() {
        self.loop.wake()
    }

    /// Ends after the step it is in. Blocks until then.
    func stop() {
        self.loop.stop()
    }

    /// Does all the work there is, on the calling thread. For an engine that does not work by itself.
    func settle() throws {
        var work = ScanWork(store: self.store, clock: self.clock)
        while try work.step() {}
    }

    private func run() {
        var work = ScanWork(store: self.store, clock: self.clock, interval: ScanWork.gathering)
        while !self.loop.isStopping {
            do {
                while try work.step() {
                    if self.loop.isStopping { return }
                    self.loop.sleep(Self.breath)
                }
                if let pause = work.pause { self.loop.sleep(pause) } else { self.loop.wait(Self.idle) }
            } catch {
                self.logger.error(
                    "the scanners cannot work now; they go on when the store can be read and written",
                    metadata: ["error.message": "\(Store.explain(error, path: self.store.path))"]
                )
                // What was gathered may be from a moment that is gone.
                work = ScanWork(store: self.store, clock: self.clock, interval: ScanWork.gathering)
                self.loop.sleep(Self.retry)
            }
        }
    }
}
