import GRDB
import Synchronization

/// The open database: one connection for each use, so that reading never waits for a commit nor makes one wait.
///
/// Replaced as a whole when the file must be opened again. Every connection has its own queue; safe on any thread.
final class Connections: Sendable {
    /// Commits. Used on the committer thread.
    let writer: DatabaseQueue

    /// Reads for the delivery session.
    let delivery: DatabaseQueue

    /// Reads for statistics and commands.
    let queries: DatabaseQueue

    /// Copies the log into the database beside running commits. Used on the keeper's thread.
    let checkpointer: DatabaseQueue

    /// Told of the log's length after each commit.
    let gauge: WALGauge

    /// Which file was opened. It says the same file only while it is open: the numbers of deleted files are used again.
    let identity: FileIdentity?

    /// What tells the database from any other, also after it was closed.
    let databaseId: String

    private let hasCommitted = Atomic<Bool>(false)

    /// Names of sources by their numbers; numbers are never used again for another name.
    let sourceNames = SourceNames()

    /// Opens the database and brings it to the current layout; the caller holds the commit lock.
    ///
    /// - Parameters:
    ///   - checkpointBytes: the size at which the log is copied.
    ///   - idsAbove: the ids of a database that is made now start above this.
    init(_ directory: SpoolDirectory, checkpointBytes: Int, idsAbove: Int64) throws {
        let path = directory.database
        directory.makePrivateFile(path)
        let gauge = WALGauge()
        let writer = try DatabaseQueue(path: path, configuration: Self.writing("commit", Schema.prepareNewFile))
        self.databaseId = try writer.writeWithoutTransaction { db in
            try Schema.migrate(db, idsAbove: idsAbove)
            try Self.makeDurable(db, keepingLogBytes: checkpointBytes * 2)
            gauge.install(on: db)
            return try String.fetchOne(db, sql: "SELECT name FROM ledger WHERE id = 0") ?? ""
        }
        self.checkpointer = try DatabaseQueue(path: path, configuration: Self.writing("checkpoint"))
        try self.checkpointer.writeWithoutTransaction { db in
            try Self.makeDurable(db, keepingLogBytes: checkpointBytes * 2)
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        self.delivery = try DatabaseQueue(path: path, configuration: Self.reading("delivery"))
        self.queries = try DatabaseQueue(path: path, configuration: Self.reading("queries"))
        self.writer = writer
        self.gauge = gauge
        self.identity = SpoolDirectory.identity(of: path)
    }

    /// Opens the database of a layout that this program knows for reading alone; nothing is written, no lock is taken.
    init(looking directory: SpoolDirectory) throws {
        let queue = try DatabaseQueue(path: directory.database, configuration: Self.reading("queries"))
        self.databaseId = try queue.read { db in
            try Schema.confirm(db)
            return try String.fetchOne(db, sql: "SELECT name FROM ledger WHERE id = 0") ?? ""
        }
        self.writer = queue
        self.delivery = queue
        self.queries = queue
        self.checkpointer = queue
        self.gauge = WALGauge()
        self.identity = SpoolDirectory.identity(of: directory.database)
    }

    /// A commit is on disk when it returns. GRDB sets NORMAL when it opens a database in WAL mode, which may lose the
    /// last commits with the power: so this runs after opening, and outside of a transaction.
    private static func makeDurable(_ db: Database, keepingLogBytes bytes: Int) throws {
        try db.execute(sql: "PRAGMA synchronous = FULL")
        // The log keeps its size when it starts over: overwriting blocks is cheaper to sync than growing a file.
        try db.execute(sql: "PRAGMA journal_size_limit = \(bytes)")
        // What is deleted is overwritten: a call that was delivered is not to be read in a free page.
        try db.execute(sql: "PRAGMA secure_delete = ON")
        try db.execute(sql: "PRAGMA cache_size = -16384")
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
    }

    static let busyMilliseconds: Int32 = 5_000

    private static func writing(
        _ label: String,
        _ prepare: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) -> Configuration {
        var configuration = Configuration()
        configuration.label = "spool.\(label)"
        configuration.journalMode = .wal
        // A last resort against foreign programs: our own processes take turns by a file lock.
        configuration.busyMode = .timeout(Double(Self.busyMilliseconds) / 1000)
        configuration.prepareDatabase(prepare)
        return configuration
    }

    private static func reading(_ label: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = "spool.\(label)"
        configuration.readonly = true
        configuration.busyMode = .timeout(Double(Self.busyMilliseconds) / 1000)
        return configuration
    }

    /// Something was committed through these connections.
    func noteCommit() {
        self.hasCommitted.store(true, ordering: .relaxed)
    }

    /// Copies the whole log into the database if no other process is in the way, and closes.
    ///
    /// Not where nothing was committed: a command that looks at the spool of a running gateway is not to take the space of
    /// its log away, which a disk that is nearly full may give to others. The last to close copies in any case.
    func close() {
        if self.hasCommitted.load(ordering: .relaxed) {
            _ = try? self.writer.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        }
        self.abandon()
    }

    /// Closes without touching the disk more than needed; for a file that has failed.
    func abandon() {
        for queue in [self.delivery, self.queries, self.checkpointer, self.writer] { try? queue.close() }
    }
}
