import GRDB
import GRDBSQLite
import Glibc
import Synchronization

/// The database of a data directory: `hydra.sqlite` and the files SQLite puts beside it.
///
/// Opened whole or not at all. One connection writes, several read; every commit is on disk (`synchronous=FULL`) when
/// it returns. Any thread.
final class Store: Sendable {
    let path: String
    let directory: String
    let pool: DatabasePool
    /// nil for a command that works beside a running server.
    private let lock: StoreLock?
    private let isClosed = Atomic<Bool>(false)

    /// Long enough for a command beside the server to outwait a large group commit.
    private static let busySeconds = 10.0

    /// - Parameters:
    ///   - directory: must exist; created by the caller if that is wanted.
    ///   - exclusive: whether this process is the one that serves the directory.
    ///   - readers: connections for reading, at most.
    init(directory: String, exclusive: Bool, readers: Int = 8) throws(EngineError) {
        self.directory = directory
        let path = directory + "/hydra.sqlite"
        self.path = path
        try Self.check(directory)
        self.lock = exclusive ? try StoreLock(directory: directory) : nil
        try Self.makePrivateFile(path)
        var configuration = Configuration()
        configuration.label = "hydra"
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(Self.busySeconds)
        configuration.prepareDatabase { db in
            // 64 MiB of log between checkpoints: pages that change again and again (the index by message) are written
            // back once. The log is cut back to 128 MiB after a burst.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 16384; PRAGMA journal_size_limit = 134217728")
            // 64 MiB of pages for the connection that writes, 8 MiB for each that reads; the system caches the file too.
            try db.execute(sql: "PRAGMA cache_size = \(db.configuration.readonly ? -8192 : -65536)")
            // What is erased is overwritten.
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        do {
            self.pool = try DatabasePool(path: path, configuration: configuration)
            try self.prepare()
        } catch let error as EngineError {
            throw error
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    /// To be called after a commit, before it is answered for: throws if it may be lost although it was synced.
    func confirmSync() throws {
        try self.lock?.confirmSync()
    }

    /// How long commits may be held up by a reader that is in the way of cutting the log.
    private static let cuttingMilliseconds: Int32 = 250

    /// Copies the whole log into the database and cuts it to nothing, so that what was erased is in no file any more.
    ///
    /// - Returns: false if a reader or another program was in the way.
    func cutLog() throws -> Bool {
        // Most of it beside readers and without holding anything up.
        _ = try self.pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
        return try self.pool.writeWithoutTransaction { db in
            let connection = unsafe db.sqliteConnection
            unsafe sqlite3_busy_timeout(connection, Self.cuttingMilliseconds)
            defer { unsafe sqlite3_busy_timeout(connection, Int32(Self.busySeconds * 1000)) }
            let code = unsafe sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
            if code == SQLITE_BUSY { return false }
            guard code == SQLITE_OK else {
                throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "the log cannot be copied")
            }
            return true
        }
    }

    /// Reads one moment of the database, within the budget of the request that is being answered, if one is.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        guard let budget = RequestBudget.current else { return try self.pool.read(body) }
        try budget.check()
        return try self.pool.read { db in try budget.watch(db) { try body(db) } }
    }

    /// Closes the files. Idempotent; nothing may be read or written afterwards.
    func close() {
        guard !self.isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // What is read when the program ends is interrupted by its end; the file is whole either way.
        // The server's log is cut: it holds what was erased. A command leaves it to the server that it runs beside.
        if self.lock == nil {
            _ = try? self.pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
        } else {
            _ = try? self.cutLog()
        }
        _ = try? self.pool.close()
        self.lock?.release()
    }

    private static func check(_ directory: String) throws(EngineError) {
        var info = stat()
        guard unsafe stat(directory, &info) == 0 else {
            let reason =
                errno == ENOENT
                ? "it does not exist: create it (mkdir -p), owned by the user that runs hydra" : SystemMessage.last
            throw .directory(path: directory, reason: reason)
        }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            throw .directory(path: directory, reason: "it is not a directory")
        }
        guard unsafe access(directory, R_OK | W_OK | X_OK) == 0 else {
            throw .directory(
                path: directory,
                reason: "it cannot be written by this user (\(SystemMessage.last)): change its owner or mode"
            )
        }
    }

    /// SQLite gives its other files the mode of the first: nobody else reads persons.
    private static func makePrivateFile(_ path: String) throws(EngineError) {
        // A file that is there is not touched: closing any descriptor of it would take away the locks that SQLite
        // holds on it for this process (POSIX advisory locks).
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            _ = Glibc.close(descriptor)
        } else if errno != EEXIST {
            throw .store(path: path, reason: "cannot be made: \(SystemMessage.last)")
        }
    }

    private func prepare() throws {
        let migrator = Schema.migrator
        let path = self.path
        try self.pool.write { db in
            let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            if application != Schema.applicationID {
                let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
                guard application == 0, isEmpty else { throw EngineError.foreign(path: path) }
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            }
        }
        let (isNewer, isCurrent) = try self.pool.read { db in
            (try migrator.hasBeenSuperseded(db), try migrator.hasCompletedMigrations(db))
        }
        if isNewer { throw EngineError.newer(path: path) }
        if !isCurrent {
            // A command of a new version does not change the tables under a server of an old one.
            let lock = self.lock == nil ? try StoreLock(directory: self.directory) : nil
            try migrator.migrate(self.pool)
            lock?.release()
        }
        try self.pool.writeWithoutTransaction { db in
            // Opening a database in WAL mode sets NORMAL, which may lose the last commits when the power fails.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
                throw EngineError.store(path: path, reason: "SQLite does not take synchronous=FULL")
            }
        }
        // A program that was killed may have left in the log what it had erased.
        if self.lock != nil { _ = try self.cutLog() }
    }

    /// Puts what SQLite says into words that help.
    static func explain(_ error: any Error, path: String) -> EngineError {
        guard let error = error as? DatabaseError else { return .store(path: path, reason: "\(error)") }
        let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .damaged(path: path, reason: reason)
        case .SQLITE_FULL: return .store(path: path, reason: "\(reason): make room on this disk")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            return .store(path: path, reason: "\(reason): its owner must be the user that runs hydra")
        case .SQLITE_BUSY: return .store(path: path, reason: "\(reason): another program holds it")
        default: return .store(path: path, reason: reason)
        }
    }
}
