import Dispatch
import GRDB
import GroupCommit
import Logging
import Synchronization

/// Looks after a spool on a thread of its own: copies the write-ahead log into the database beside running commits, and
/// has the committer try a failed disk again, forget old message ids and give free pages back.
///
/// Safe on any thread.
final class SpoolKeeper: Sendable {
    /// How often a spool that is well is looked after, in ticks of ``SpoolHealth/retryPause``.
    private static let restTicks = 30

    private let store: SpoolStore
    private let committer: SpoolCommitter
    private let tend: @Sendable () -> Void
    private let logger: Logger
    private let wake = DispatchSemaphore(value: 0)
    private let wantsCheckpoint = Atomic<Bool>(false)
    private let isOver = Atomic<Bool>(false)
    private let ended = DispatchGroup()

    /// - Parameter tend: hands `Operation.tend` to the committer.
    init(store: SpoolStore, committer: SpoolCommitter, logger: Logger, tend: @escaping @Sendable () -> Void) {
        self.store = store
        self.committer = committer
        self.logger = logger
        self.tend = tend
    }

    func start() {
        self.ended.enter()
        WorkerThread.startWithProgram(name: "spool-keeper") {
            self.run()
            self.ended.leave()
        }
    }

    /// The log is long enough to be copied. Never blocks.
    func logIsLong() {
        if !self.wantsCheckpoint.exchange(true, ordering: .acquiringAndReleasing) { self.wake.signal() }
    }

    /// Ends the thread; blocks until it has ended.
    func stop() {
        self.isOver.store(true, ordering: .releasing)
        self.wake.signal()
        self.ended.wait()
    }

    private func run() {
        var ticks = 0
        let pause = DispatchTimeInterval.milliseconds(Int(SpoolHealth.retryPause.milliseconds))
        while !self.isOver.load(ordering: .acquiring) {
            let isTick = self.wake.wait(timeout: .now() + pause) == .timedOut
            if self.wantsCheckpoint.load(ordering: .acquiring) {
                self.checkpoint()
                self.wantsCheckpoint.store(false, ordering: .releasing)
            }
            guard isTick else { continue }
            ticks += 1
            if ticks >= Self.restTicks || self.store.health.refusing != nil || self.committer.givesPagesBack {
                ticks = 0
                self.tend()
            }
        }
    }

    /// Copies most of the log while commits go on, so that the rest, which has to be copied between two commits for the
    /// log to start over, is small.
    private func checkpoint() {
        guard let connections = self.store.current else { return }
        do {
            _ = try connections.checkpointer.writeWithoutTransaction { try WALGauge.checkpoint($0) }
            self.committer.requestLogRestart()
        } catch {
            _ = self.store.readingFailed(error, with: connections)
            self.logger.warning(
                "The spool's log could not be copied into its database",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
