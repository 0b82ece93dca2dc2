import Dispatch
import GRDB
import GroupCommit
import HydraDataPoints
import Logging
import Synchronization

/// Has domains of companies looked up in the network, on a thread of its own that waits while the lookups run.
///
/// Does nothing for an engine without a ``CompanyLookup``. Any thread may wake and stop it.
final class Sourcing: Sendable {
    /// Without a word from anybody: for what expires, and for what other processes change.
    private static let idle = Duration.seconds(5)
    /// After being woken, so that a burst of calls does not make a burst of questions to the database.
    private static let pause = Duration.milliseconds(250)
    /// After an error of the store, which is the committer's to report too.
    private static let retry = Duration.seconds(5)

    private let store: Store
    private let lookup: (any CompanyLookup)?
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    private let found: @Sendable () -> Void
    private let limit = Mutex(RateLimit(perSecond: SourcingLimits.lookupsASecond, burst: SourcingLimits.burst))
    private let mail = Mailbox()
    private let ended = DispatchSemaphore(value: 0)
    private let isStarted = Atomic<Bool>(false)

    /// - Parameter found: called when there is something new about companies; must not block.
    init(
        store: Store,
        lookup: (any CompanyLookup)?,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger,
        found: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.lookup = lookup
        self.clock = clock
        self.logger = logger
        self.found = found
    }

    func start() {
        guard let lookup = self.lookup else { return }
        self.isStarted.store(true, ordering: .sequentiallyConsistent)
        WorkerThread.startWithProgram(name: "hydra-source") {
            self.run(lookup)
            self.ended.signal()
        }
    }

    /// Says that something may be due. Cheap.
    func wake() {
        guard self.isStarted.load(ordering: .relaxed) else { return }
        self.mail.wake()
    }

    /// Ends what is being looked up, which stays due. Blocks until then.
    func stop() {
        guard self.isStarted.exchange(false, ordering: .sequentiallyConsistent) else { return }
        self.mail.stop()
        self.ended.wait()
    }

    // MARK: On the caller's thread

    /// Looks up what is due and what the rate allows at this moment, one domain after the other. For an engine that does
    /// not work by itself.
    ///
    /// - Returns: whether anything was looked up.
    func settle() throws -> Bool {
        guard let lookup = self.lookup else { return false }
        var work = SourcingWork(store: self.store, clock: self.clock)
        var didLookUp = false
        while self.limit.withLock({ $0.delay(at: self.clock()) }) == .zero, let next = try work.next() {
            _ = self.limit.withLock { $0.take(at: self.clock()) }
            let mail = Mailbox()
            let began = MonotonicClock.now()
            _ = lookup.look(up: next.domain, in: next.sources, at: self.clock().milliseconds) { facts in
                mail.deliver(Mailbox.Letter(lookup: next, facts: facts, began: began))
            }
            guard let letter = mail.wait(atMost: nil).letters.first else { return didLookUp }
            try self.finish(letter, &work)
            didLookUp = true
        }
        return didLookUp
    }

    // MARK: On the own thread

    private func run(_ lookup: any CompanyLookup) {
        var work = SourcingWork(store: self.store, clock: self.clock)
        var cancellations: [String: @Sendable () -> Void] = [:]
        defer { for cancel in cancellations.values { cancel() } }
        var patience = Duration.zero
        while true {
            let delivery = self.mail.wait(atMost: patience)
            guard !delivery.isStopping else { return }
            patience = Self.idle
            for letter in delivery.letters { cancellations[letter.lookup.domain] = nil }
            do {
                for letter in delivery.letters { try self.finish(letter, &work) }
                while work.running.count < SourcingLimits.concurrency {
                    let delay = self.limit.withLock { $0.delay(at: self.clock()) }
                    guard delay == .zero else {
                        patience = min(patience, delay)
                        break
                    }
                    guard let next = try work.next() else { break }
                    _ = self.limit.withLock { $0.take(at: self.clock()) }
                    let began = MonotonicClock.now()
                    let mail = self.mail
                    cancellations[next.domain] = lookup.look(
                        up: next.domain,
                        in: next.sources,
                        at: self.clock().milliseconds
                    ) { mail.deliver(Mailbox.Letter(lookup: next, facts: $0, began: began)) }
                }
            } catch {
                for letter in delivery.letters { work.abandon(letter.lookup) }
                self.logger.error(
                    "companies cannot be looked up now; it goes on when the store can be read and written",
                    metadata: ["error.message": "\(Store.explain(error, path: self.store.path))"]
                )
                patience = Self.retry
            }
            // Between two rounds at least, whoever wakes.
            guard !self.mail.rest(Self.pause) else { return }
        }
    }

    private func finish(_ letter: Mailbox.Letter, _ work: inout SourcingWork) throws {
        let (lookup, facts) = (letter.lookup, letter.facts)
        try work.finish(lookup, facts)
        self.found()
        var metadata: Logger.Metadata = [
            "event.action": "hydra.sourcing", "domain": "\(lookup.domain)",
            "sources": "\(lookup.sources.map(\.rawValue).sorted().joined(separator: ","))",
            "event.outcome": "\(facts.errors.isEmpty ? "success" : "failure")",
            "event.duration": "\(letter.duration)",
            "points": "\(facts.points.values.reduce(0) { $0 + $1.count })",
        ]
        if !facts.errors.isEmpty {
            let reasons = facts.errors.map { "\($0.key.rawValue): \($0.value)" }.sorted()
            metadata["reason"] = "\(reasons.joined(separator: "; "))"
        }
        self.logger.info("company looked up", metadata: metadata)
    }
}
