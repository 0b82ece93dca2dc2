import GRDB
import Logging
import Synchronization

/// Commits operations: takes the lock that the processes of a spool share, runs one transaction, and repairs what can be
/// repaired when it fails.
///
/// Everything here runs on the committer thread, except for ``requestLogRestart()`` and ``givesPagesBack``.
final class SpoolCommitter: @unchecked Sendable {
    // @unchecked because the committer thread alone uses the variables; the atomics are for everyone.
    let store: SpoolStore
    private let logger: Logger
    /// Called after a commit that added calls.
    private let ring: @Sendable () -> Void
    /// Called when the log is long enough to be copied into the database.
    private let logIsLong: @Sendable () -> Void

    private var lock: FileLock?
    var ledger = Ledger()
    var seen: SeenIndex
    private var lastTime: Int64 = 0
    private var hasOpened = false
    let restartsLog = Atomic<Bool>(false)
    let hasPagesToGiveBack = Atomic<Bool>(false)

    /// How much longer than wanted the log may grow beside a checkpoint that does not catch up, before commits wait for
    /// one.
    static let longestLog = 4

    /// Free pages that are kept for the next burst: 64 MiB.
    static let keptFreePages = 16_384

    init(
        store: SpoolStore,
        logger: Logger,
        ring: @escaping @Sendable () -> Void,
        logIsLong: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.logger = logger
        self.ring = ring
        self.logIsLong = logIsLong
        self.seen = Self.emptyIndex(store.configuration)
    }

    private static func emptyIndex(_ configuration: SQLiteSpoolConfiguration) -> SeenIndex {
        SeenIndex(
            window: configuration.dedupeWindow.milliseconds,
            maximum: configuration.dedupeMaximum,
            runKeys: configuration.dedupeRunKeys
        )
    }

    /// Most of the log is copied: the rest is copied before the next commit, which then starts it over.
    func requestLogRestart() {
        self.restartsLog.store(true, ordering: .releasing)
    }

    /// Opens the spool for the first time.
    func open() throws(SpoolError) {
        do {
            try self.withCommitLock {
                let connections = try self.openConnections()
                if !self.store.configuration.looksOnly { self.store.reserve.take(leaving: self.store.minimumFreeBytes) }
                try connections.writer.writeWithoutTransaction { db in
                    _ = self.store.health.judge(used: try self.usedBytes(db, connections))
                }
            }
        } catch {
            throw SpoolError(error, at: self.store.directory.database)
        }
    }

    /// Opens the spool, which is there, without writing anything.
    func openToLook() throws(SpoolError) {
        do {
            _ = self.store.replace(try Connections(looking: self.store.directory))
        } catch {
            throw SpoolError(error, at: self.store.directory.database)
        }
    }

    /// Carries operations out in one transaction; each has its own outcome.
    func commit(_ operations: [Operation]) -> [Outcome] {
        if let failure = self.store.health.failureInForce(), failure.code != .full {
            return operations.map { _ in .failure(failure) }
        }
        if operations.contains(where: { $0.isAppend || $0.isTend }) { self.loadSeen() }
        do {
            let (outcomes, addedCalls) = try self.withCommitLock { try self.commitRepairing(operations) }
            if addedCalls { self.ring() }
            return outcomes
        } catch {
            return self.failed(error, operations)
        }
    }

    // MARK: Failure

    /// Throws away what is known of the file: after a failed transaction, or when it is another file.
    private func forget() {
        self.ledger = Ledger()
        self.seen = Self.emptyIndex(self.store.configuration)
    }

    private func failed(_ error: any Error, _ operations: [Operation]) -> [Outcome] {
        let error = SpoolError(error, at: self.store.directory.database)
        if self.store.health.failed(error) {
            self.logger.error("The spool cannot commit", metadata: ["error": "\(error)"])
        }
        return operations.map { _ in .failure(error) }
    }

    /// Commits; if the file turns out to be broken, begins a new one and commits into that.
    private func commitRepairing(_ operations: [Operation]) throws -> ([Outcome], Bool) {
        if let suspicion = self.store.takeSuspicion() { self.abandon(because: suspicion) }
        do {
            return try self.commitSplitting(operations)
        } catch {
            let cause = SpoolError(error, at: self.store.directory.database)
            self.forget()
            switch cause.code {
            case .corrupt:
                self.abandon(because: cause)
                return try self.commitSplitting(operations)
            case .full:
                // Starting the log over needs no space but what the database grows by.
                self.requestLogRestart()
                return try self.commitWithoutAppends(operations, because: cause)
            case .busy:
                throw cause
            default:
                self.abandon(because: cause)
                throw cause
            }
        }
    }

    /// The disk is full: what frees space is tried once more without what needs some.
    private func commitWithoutAppends(
        _ operations: [Operation],
        because error: SpoolError
    ) throws -> ([Outcome], Bool) {
        let others = operations.filter { !$0.isAppend }
        guard !others.isEmpty else { throw error }
        if self.store.health.failed(error) {
            self.logger.error("The spool cannot commit", metadata: ["error": "\(error)"])
        }
        let (outcomes, addedCalls) = try self.commitSplitting(others)
        var remaining = outcomes[...]
        return (operations.map { $0.isAppend ? .failure(error) : remaining.removeFirst() }, addedCalls)
    }

    /// Commits; if the transaction fails because of one operation, each gets a transaction of its own.
    private func commitSplitting(_ operations: [Operation]) throws -> ([Outcome], Bool) {
        let connections = try self.openConnections()
        do {
            return try self.transact(operations, connections)
        } catch let error as DatabaseError where Self.isOfOneOperation(error) {
            self.forget()
            guard operations.count > 1 else {
                return ([.failure(SpoolError(error, at: self.store.directory.database))], false)
            }
            var outcomes: [Outcome] = []
            var addedCalls = false
            for operation in operations {
                let (outcome, added) = try self.commitSplitting([operation])
                outcomes += outcome
                addedCalls = addedCalls || added
            }
            return (outcomes, addedCalls)
        }
    }

    private static func isOfOneOperation(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_TOOBIG, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_RANGE: true
        default: false
        }
    }

    /// Lets go of the open file; a broken one is set aside. The caller holds the commit lock.
    private func abandon(because error: SpoolError) {
        let previous = self.store.replace(nil)
        // Another process may have set it aside already; to be seen before it is closed here.
        let isElsewhere = previous.map { $0.identity != SpoolDirectory.identity(of: self.store.directory.database) }
        previous?.abandon()
        self.forget()
        guard error.code == .corrupt, isElsewhere != true else { return }
        guard let aside = self.store.directory.setAside(at: self.store.configuration.clock()) else { return }
        self.logger.critical(
            "The spool's database is broken and was set aside; a new one is begun. Calls that only it held are not delivered",
            metadata: ["file": "\(aside)", "error": "\(error)"]
        )
    }

    // MARK: Opening

    private func withCommitLock<Value>(_ body: () throws -> Value) throws -> Value {
        let directory = self.store.directory
        if let lock = self.lock {
            try lock.lock()
            if !lock.isCurrent { self.lock = nil }
        }
        if self.lock == nil {
            try directory.prepare()
            self.lock = try FileLock.acquire(directory.commitLock, in: directory)
        }
        defer { self.lock?.unlock() }
        return try body()
    }

    /// The open connections, if they are to the file that stands under the database's name; else opens that.
    private func openConnections() throws -> Connections {
        let directory = self.store.directory
        let identity = SpoolDirectory.identity(of: directory.database)
        if let connections = self.store.current {
            if let identity, connections.identity == identity { return connections }
            self.logger.critical(
                "The spool's database was moved or deleted while it was open; the file that is there now is used",
                metadata: ["file": "\(directory.database)"]
            )
            self.store.replace(nil)?.abandon()
        }
        self.forget()
        let condition = WriteAheadLog.condition(at: directory.log)
        if case .damaged(let commits) = condition { self.keepDamagedLog(commits: commits) }
        let opened = try self.openOrSetAside()
        // After a failed sync the log may have a gap on disk that memory hides, and what is committed behind a gap is lost
        // with the power: the log is started over before anything is acknowledged again.
        // The same where something stands behind the log's end: the next one to look at it must not take that for damage.
        if self.store.health.failure != nil {
            _ = try opened.writer.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        } else if condition != .whole {
            // A full disk leaves parts of what it had no room for; who only looks is not to fail of that.
            _ = try? opened.writer.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
        _ = self.store.replace(opened)
        return opened
    }

    /// SQLite will forget what stands behind the damage: keeps it for people, and tells them.
    private func keepDamagedLog(commits: Int) {
        let directory = self.store.directory
        let aside = directory.copyLogAside(at: self.store.configuration.clock())
        self.logger.critical(
            "The spool's log is damaged; what was committed behind the damage is not delivered",
            metadata: ["file": "\(aside ?? directory.log)", "commits": "at least \(commits)"]
        )
    }

    private func openOrSetAside() throws -> Connections {
        do {
            return try self.makeConnections(replacing: self.hasOpened)
        } catch {
            let cause = SpoolError(error, at: self.store.directory.database)
            guard cause.code == .corrupt else { throw cause }
            self.abandon(because: cause)
            return try self.makeConnections(replacing: true)
        }
    }

    /// Opens the database.
    ///
    /// - Parameter replacing: a database that is made now takes the place of another, whose ids a deliverer may still
    ///   have in hand. Its own start at the number of microseconds since 1970: above all that were ever given out.
    private func makeConnections(replacing: Bool) throws -> Connections {
        let connections = try Connections(
            self.store.directory,
            checkpointBytes: self.store.checkpointBytes,
            idsAbove: replacing ? self.store.configuration.clock() * 1000 : 0
        )
        self.hasOpened = true
        return connections
    }

    // MARK: Message ids

    /// Reads which message ids were seen before the first calls are stored: tens of milliseconds with millions of ids, in
    /// which the other processes must not be kept from committing. What they commit meanwhile is read under the lock.
    private func loadSeen() {
        guard !self.seen.isLoaded, let connections = self.store.current else { return }
        do {
            try connections.writer.read { db in
                try self.ledger.begin(db)
                try self.synchroniseSeen(db)
            }
        } catch {
            // The commit will meet the same error, and deal with it.
            self.forget()
        }
    }

    func synchroniseSeen(_ db: Database) throws {
        try self.seen.synchronise(
            db,
            generation: self.ledger.head.seenGeneration,
            lastId: self.ledger.head.lastId
        )
    }

    // MARK: The transaction

    private func transact(_ operations: [Operation], _ connections: Connections) throws -> ([Outcome], Bool) {
        try connections.writer.writeWithoutTransaction { db in
            let isAsked = operations.contains(where: \.isTend)
            // A spool that is full may be full of a log that has been copied.
            self.restartLog(db, connections, isAsked: isAsked && self.store.health.bound != nil)
            var outcomes: [Outcome] = []
            var addedCalls = false
            let now = max(self.store.configuration.clock(), self.lastTime)
            self.lastTime = now
            if isAsked || self.seen.isDue(now: now) { try self.tend(db, now: now) }
            if isAsked { try self.giveFreePagesBack(db, connections) }
            let appends = operations.contains(where: \.isAppend)
            try self.inTransaction(db) {
                try self.ledger.begin(db)
                if appends { try self.synchroniseSeen(db) }
                (outcomes, addedCalls) = try self.run(operations, db, connections)
                if appends {
                    try self.seen.writeLog(db, lastId: self.ledger.head.lastId, at: now)
                    self.ledger.setSeen(logKeys: self.seen.logKeys)
                }
                try self.ledger.write(db)
            }
            connections.noteCommit()
            try self.lock?.confirmSync()
            if appends { self.seen.committed(lastId: self.ledger.head.lastId, at: now) }
            self.ledger.committed()
            // The transaction is on disk: nothing that fails from here on may make it look otherwise.
            if let used = try? self.usedBytes(db, connections) { self.judge(used: used, isFresh: true) }
            if self.store.health.works(provesSpace: appends) { self.logger.notice("The spool commits again") }
            if isAsked, self.store.health.refusing == nil {
                // What was delivered or dropped is not to stay readable in the log until traffic overwrites it. Not while
                // space is short: others would take it.
                if WALGauge.cut(db) { connections.gauge.reset() }
            } else if connections.gauge.pages * Schema.pageSize >= self.store.checkpointBytes {
                self.logIsLong()
            }
            return (outcomes, addedCalls)
        }
    }

    private func run(
        _ operations: [Operation],
        _ db: Database,
        _ connections: Connections
    ) throws -> ([Outcome], Bool) {
        var transaction = WriteTransaction(
            db: db,
            ledger: self.ledger,
            seen: self.seen,
            rejectedMaximum: self.store.configuration.rejectedMaximum
        )
        var used = try self.usedBytes(db, connections)
        self.judge(used: used)
        let refusing = self.store.health.bound
        var rejected = 0
        let outcomes: [Outcome] = try operations.map { operation in
            if case .append(let batch) = operation {
                if let refusing { return .failure(refusing) }
                guard self.store.health.room(used: used) > 0 else {
                    return .failure(self.store.health.fullError(used: used))
                }
                used += Int64(operation.weight)
                rejected += batch.rejected.count
            }
            if case .settle(_, let database) = operation, database != connections.databaseId {
                return .failure(.replaced(self.store.directory))
            }
            return .success(try transaction.run(operation))
        }
        try transaction.boundRejected(added: rejected)
        return (outcomes, transaction.addedCalls)
    }

    func inTransaction(_ db: Database, _ body: () throws -> Void) throws {
        try db.cachedStatement(sql: "BEGIN IMMEDIATE").run()
        do {
            try body()
            try db.cachedStatement(sql: "COMMIT").run()
        } catch {
            // SQLite has rolled back by itself after some errors.
            if db.isInsideTransaction { try? db.cachedStatement(sql: "ROLLBACK").run() }
            throw error
        }
    }

    private func judge(used: Int64, isFresh: Bool = false) {
        let (bound, isNews) = self.store.health.judge(used: used, isFresh: isFresh)
        guard isNews else { return }
        if let bound {
            self.logger.warning("The spool refuses calls", metadata: ["error": "\(bound)"])
        } else {
            self.logger.notice("The spool takes calls again")
        }
    }

    /// Pages in use, and the log.
    private func usedBytes(_ db: Database, _ connections: Connections) throws -> Int64 {
        let pages = try db.cachedStatement(sql: "PRAGMA page_count")
        let free = try db.cachedStatement(sql: "PRAGMA freelist_count")
        let used = try (pages.firstRow { pages.int64(0) } ?? 0) - (free.firstRow { free.int64(0) } ?? 0)
        return (used + Int64(connections.gauge.pages)) * Int64(Schema.pageSize)
    }
}

extension Operation {
    fileprivate var isTend: Bool {
        if case .tend = self { true } else { false }
    }

    fileprivate var isAppend: Bool {
        if case .append = self { true } else { false }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000
    }
}
