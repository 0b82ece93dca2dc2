import Dispatch
import GRDB
import Logging

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
        var work = ScanWork(store: self.store, clock: self.clock)
        var round = 0
        var began = ContinuousClock.now
        while !self.loop.isStopping {
            do {
                while try work.step() {
                    if self.loop.isStopping { return }
                    guard work.rounds != round else { continue }
                    round = work.rounds
                    self.loop.sleep(max(Self.pause, (ContinuousClock.now - began) * Self.pauseFactor))
                    began = .now
                }
                self.loop.wait(Self.idle)
                began = .now
            } catch {
                self.logger.error(
                    "the scanners cannot work now; they go on when the store can be read and written",
                    metadata: ["error.message": "\(Store.explain(error, path: self.store.path))"]
                )
                // What was gathered may be from a moment that is gone.
                work = ScanWork(store: self.store, clock: self.clock)
                self.loop.sleep(Self.retry)
            }
        }
    }
}
