import Dispatch
import Logging

/// Cuts the write-ahead log to nothing soon after a person was erased: until then the log holds what was erased, however
/// well the database itself is overwritten.
///
/// Any thread may wake and stop it.
final class LogSweep: Sendable {
    /// Lets erasures that come together share one sweep.
    private static let pause = Duration.seconds(1)
    /// After a sweep that a reader, or the disk, was in the way of.
    private static let retry = Duration.seconds(2)
    /// Sweeps that may fail before somebody is told: a minute's.
    private static let patience = 30
    private static let idle = DispatchTimeInterval.seconds(3600)

    private let store: Store
    private let logger: Logger
    private let loop = BackgroundLoop()

    init(store: Store, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func start() {
        self.loop.start(name: "hydra-sweep") { self.run() }
    }

    /// Somebody was erased. Cheap.
    func wake() {
        self.loop.wake()
    }

    /// Blocks until it has ended; closing the store sweeps, too.
    func stop() {
        self.loop.stop()
    }

    private func run() {
        while !self.loop.isStopping {
            guard self.loop.wait(Self.idle), !self.loop.isStopping else { continue }
            self.loop.sleep(Self.pause)
            var failures = 0
            while !self.loop.isStopping, !self.sweep() {
                failures += 1
                if failures == Self.patience {
                    self.logger.error(
                        "what was erased is still in the write-ahead log: it cannot be cut while something reads from it",
                        metadata: ["file.path": "\(self.store.path)-wal"]
                    )
                }
                self.loop.sleep(Self.retry)
            }
            if failures >= Self.patience { self.logger.notice("the write-ahead log was cut: what was erased is gone") }
        }
    }

    private func sweep() -> Bool {
        do {
            return try self.store.cutLog()
        } catch {
            return false
        }
    }
}
