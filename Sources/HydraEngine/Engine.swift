import Dispatch
import GRDB
import Glibc
import GroupCommit
import Hydra
package import Logging
import Synchronization

/// The store of persons, companies and events of one data directory.
///
/// Calls are taken by ``submit(_:completion:)`` from any thread; one committer thread writes everything that waits in
/// one transaction and answers when it is on disk. Reads run on the calling thread and see every call that was
/// answered. There is one engine for a directory, over all processes.
package final class Engine: Sendable {
    let store: Store
    let keys: KeyRing
    let identityRules: IdentityRulesCache
    let parsers: ParserPool
    /// For calls that come without a number.
    let sequence = CallSequence()
    let logger: Logger
    /// See ``EngineOptions/clock``.
    let clock: @Sendable () -> Instant
    private let committer: GroupCommitter<WriteItem, WriteOutcome>
    private let writer: CallWriter
    private let shares = CallShares(share: EngineLimits.callShare)
    /// See ``EngineOptions/requestTime``.
    package let requestTime: Duration
    let scanning: Scanning
    let mining: Mining
    let sourcing: Sourcing
    private let sweep: LogSweep

    /// Opens the directory, or says why not.
    ///
    /// - Parameter directory: must exist.
    package init(
        directory: String,
        options: EngineOptions = EngineOptions(),
        logger: Logger = Logger(label: "hydra") { _ in SwiftLogNoOpLogHandler() }
    ) throws(EngineError) {
        let store = try Store(directory: directory, exclusive: true, readers: options.workers * 2 + 3)
        let writer = CallWriter(store: store, minimumFreeBytes: options.minimumFreeBytes, logger: logger)
        self.store = store
        self.keys = KeyRing(store: store)
        self.identityRules = IdentityRulesCache(store: store)
        self.parsers = ParserPool(count: options.workers * 2)
        self.logger = logger
        self.clock = options.clock
        self.requestTime = options.requestTime
        self.writer = writer
        let scanning = Scanning(store: store, clock: options.clock, logger: logger)
        self.scanning = scanning
        let mining = Mining(store: store, clock: options.clock, logger: logger)
        self.mining = mining
        let sourcing = Sourcing(store: store, lookup: options.lookup, clock: options.clock, logger: logger) {
            scanning.wake()
        }
        self.sourcing = sourcing
        self.sweep = LogSweep(store: store, logger: logger)
        self.committer = GroupCommitter(label: "hydra-commit") { items in
            let outcomes = writer.commit(items)
            scanning.wake()
            mining.wake()
            sourcing.wake()
            return outcomes
        }
        do {
            try RecordRepair(store: store).run()
            try store.pool.write { db in
                for account in try Account.all(in: db) { try StandardScanners.make(for: account, in: db) }
            }
        } catch {
            store.close()
            throw Store.explain(error, path: store.path)
        }
        self.sweep.start()
        guard options.isWorkingInBackground else { return }
        scanning.start()
        mining.start()
        sourcing.start()
    }

    /// Does all the background's work there is, on the calling thread, and returns when nothing is left.
    ///
    /// For an engine whose background does not work by itself (``EngineOptions/isWorkingInBackground``). Waits for
    /// ``EngineOptions/lookup``, which must not need the calling thread to answer.
    package func settle() throws {
        repeat { try self.scanning.settle() } while try self.sourcing.settle()
        try self.mining.settle()
    }

    /// Why calls cannot be kept at the moment; nil while they can. Tries again to write if the last attempt failed.
    package func refusal() -> String? {
        guard self.writer.refusal != nil else { return nil }
        return self.writer.probe()
    }

    /// All accounts, in the order they were made.
    package func accounts() throws -> [Account] {
        try self.store.pool.read { db in try Account.all(in: db) }
    }

    /// Commits what waits and closes the files. Blocks; further calls are refused.
    package func close() {
        self.sourcing.stop()
        self.scanning.stop()
        self.mining.stop()
        self.committer.stop()
        self.sweep.stop()
        self.store.close()
    }

    /// Gives calls of one account to the committer, which applies them in order; when it is the account's turn, and
    /// in as many transactions as they are too much for one.
    ///
    /// - Parameter completion: runs once, on the acknowledger thread, with one outcome for each call. Must not block.
    func submit(
        _ calls: [IncomingCall],
        account: Account,
        completion: @escaping @Sendable ([CallOutcome]) -> Void
    ) {
        let parts = Self.parts(calls)
        let gathered = GatheredOutcomes(parts: parts.count, completion: completion)
        for (index, part) in parts.enumerated() {
            let cost = part.reduce(0) { $0 &+ $1.cost }
            self.shares.enter(account.id, cost: cost) {
                let isTaken = self.committer.submit(.calls(part)) { outcome in
                    // The next of the account is on its way before this one is answered.
                    self.shares.leave(account.id, cost: cost)
                    switch outcome {
                    case .calls(let outcomes): gathered.set(index, outcomes)
                    case .erased, .separated: gathered.set(index, [])
                    case .failed(let problem): gathered.set(index, part.map { _ in .failed(problem) })
                    }
                }
                guard !isTaken else { return }
                self.shares.leave(account.id, cost: cost)
                gathered.set(index, part.map { _ in .failed(Self.stopping) })
            }
        }
    }

    private static let stopping = CallProblem(.unavailable, "Hydra is stopping.")

    /// Calls that are committed together: all, unless one transaction of them would keep other accounts waiting.
    private static func parts(_ calls: [IncomingCall]) -> [ArraySlice<IncomingCall>] {
        var parts: [ArraySlice<IncomingCall>] = []
        var start = calls.startIndex
        var cost = 0
        for index in calls.indices {
            cost &+= calls[index].cost
            guard index > start, cost > EngineLimits.callShare else { continue }
            parts.append(calls[start..<index])
            start = index
            cost = calls[index].cost
        }
        parts.append(calls[start...])
        return parts
    }

    /// Has a person forgotten, after all calls that were submitted before.
    ///
    /// - Parameter completion: runs once: true, or false if the account has no such person.
    func erase(
        _ key: RecordKey,
        account: Account,
        completion: @escaping @Sendable (Result<Bool, CallProblem>) -> Void
    ) -> Bool {
        self.committer.submit(.erase(account: account, person: key)) { outcome in
            switch outcome {
            case .calls, .separated: completion(.success(false))
            case .erased(let found):
                if found { self.sweep.wake() }
                completion(.success(found))
            case .failed(let problem): completion(.failure(problem))
            }
        }
    }

    /// ``separate(_:completion:)`` for a command: waits until it is done.
    package func separate(_ account: Account) throws -> Separation {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<Separation, CallProblem>>(.success(Separation()))
        let isTaken = self.separate(account) { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        guard isTaken else { throw EngineError.refused("hydra is stopping") }
        done.wait()
        return try outcome.withLock { $0 }.get()
    }

    /// Takes apart the persons of an account that were joined by ids that are nobody's or too many people's, after all
    /// calls that were submitted before. Calls wait meanwhile.
    ///
    /// - Parameter completion: runs once.
    /// - Returns: false if the engine is closing; the completion never runs then.
    package func separate(
        _ account: Account,
        completion: @escaping @Sendable (Result<Separation, CallProblem>) -> Void
    ) -> Bool {
        self.committer.submit(.separate(account)) { outcome in
            switch outcome {
            case .separated(let separation): completion(.success(separation))
            case .failed(let problem): completion(.failure(problem))
            case .calls, .erased: completion(.success(Separation()))
            }
        }
    }
}

/// What became of the parts of a request, put together again.
///
/// Any thread.
private final class GatheredOutcomes: Sendable {
    private let parts: Mutex<(outcomes: [[CallOutcome]], missing: Int)>
    private let completion: @Sendable ([CallOutcome]) -> Void

    init(parts: Int, completion: @escaping @Sendable ([CallOutcome]) -> Void) {
        self.parts = Mutex(([[CallOutcome]](repeating: [], count: parts), parts))
        self.completion = completion
    }

    /// The last part that comes completes all.
    func set(_ index: Int, _ outcomes: [CallOutcome]) {
        let all = self.parts.withLock { parts -> [CallOutcome]? in
            parts.outcomes[index] = outcomes
            parts.missing -= 1
            return parts.missing == 0 ? parts.outcomes.flatMap(\.self) : nil
        }
        if let all { self.completion(all) }
    }
}

/// What the committer is asked to write.
enum WriteItem: Sendable {
    case calls(ArraySlice<IncomingCall>)
    case erase(account: Account, person: RecordKey)
    case separate(Account)

    var count: Int {
        switch self {
        case .calls(let calls): calls.count
        case .erase, .separate: 1
        }
    }
}

/// What became of it.
enum WriteOutcome: Sendable {
    case calls([CallOutcome])
    case erased(Bool)
    case separated(Separation)
    case failed(CallProblem)
}
