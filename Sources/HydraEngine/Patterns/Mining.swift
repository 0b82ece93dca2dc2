import Dispatch
import GRDB
import Logging

/// Keeps the patterns up to date, on a thread of its own.
///
/// Woken after each commit. A pass takes a while and tells little after a few more events: between two rounds over all
/// accounts it pauses, for as long whatever the last one took. Any thread may wake and stop it.
final class Mining: Sendable {
    /// Between two rounds over all accounts: what a pass finds is to be no older than a minute.
    private static let pause = Duration.seconds(15)
    /// Without a word from the committer: for new days and finished runs.
    private static let idleSeconds = 10
    /// After an error of the store, which is the committer's to report too.
    private static let retry = Duration.seconds(10)

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
        self.loop.start(name: "hydra-mine") { self.run() }
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
        let work = MiningWork(store: self.store, clock: self.clock) { false }
        for account in try work.due() { _ = try work.pass(over: account) }
    }

    private func run() {
        let work = MiningWork(store: self.store, clock: self.clock) { self.loop.isStopping }
        while !self.loop.isStopping {
            do {
                for account in try work.due() {
                    if let pass = try work.pass(over: account) { self.log(pass, account) }
                    if self.loop.isStopping { return }
                }
                self.loop.sleep(Self.pause)
                self.loop.wait(.seconds(Self.idleSeconds))
            } catch {
                self.logger.error(
                    "patterns cannot be looked for now; it goes on when the store can be read and written",
                    metadata: ["error.message": "\(Store.explain(error, path: self.store.path))"]
                )
                self.loop.sleep(Self.retry)
            }
        }
    }

    private func log(_ pass: PatternPass, _ account: Account) {
        self.logger.info(
            "patterns are up to date",
            metadata: [
                "event.action": "patterns", "event.duration": "\(pass.milliseconds &* 1_000_000)",
                "labels.account": "\(account.name)", "labels.persons": "\(pass.persons)",
                "labels.as_of": "\(pass.asOf?.text ?? "")",
            ]
        )
    }
}
