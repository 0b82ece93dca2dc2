import GRDB
import GRDBSQLite

/// How many pages the write-ahead log holds, told by SQLite after each commit of one connection.
///
/// Installing it also turns SQLite's own checkpoints at commit off, which would stall the commit. Used on the
/// connection's queue alone. The gauge must outlive the connection.
@safe
final class WALGauge: @unchecked Sendable {
    // @unchecked because SQLite writes through the pointer only while the connection's own queue runs a commit, and the
    // committer, the only other reader, is the one who runs it.
    private let count: UnsafeMutablePointer<Int32>

    init() {
        unsafe self.count = .allocate(capacity: 1)
        unsafe self.count.initialize(to: 0)
    }

    deinit {
        unsafe self.count.deallocate()
    }

    /// Pages in the log after the connection's last commit, those of other processes included.
    var pages: Int {
        unsafe Int(self.count.pointee)
    }

    /// All of the log was copied: the next commit starts it over.
    func reset() {
        unsafe self.count.pointee = 0
    }

    func install(on db: Database) {
        unsafe sqlite3_wal_hook(
            db.sqliteConnection,
            { context, _, _, pages in
                unsafe context?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            },
            UnsafeMutableRawPointer(self.count)
        )
    }

    /// Copies all of the log and cuts it to nothing, so that what was deleted is in no file any more. Gives up at once if
    /// a reader is in the way.
    ///
    /// - Returns: whether it was cut.
    static func cut(_ db: Database) -> Bool {
        let connection = unsafe db.sqliteConnection
        unsafe sqlite3_busy_timeout(connection, Self.cuttingMilliseconds)
        defer { unsafe sqlite3_busy_timeout(connection, Connections.busyMilliseconds) }
        return unsafe sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil) == SQLITE_OK
    }

    /// How long a commit may be held up by a reader that is in the way.
    private static let cuttingMilliseconds: Int32 = 50

    /// Copies what no reader stands in the way of from the log into the database.
    ///
    /// - Parameter waits: for readers, and other checkpoints, as long as the connection waits for locks.
    /// - Returns: whether all of the log was copied, so that the next commit starts it over.
    static func checkpoint(_ db: Database, waits: Bool = false) throws -> Bool {
        var logged: Int32 = 0
        var copied: Int32 = 0
        let code = unsafe sqlite3_wal_checkpoint_v2(
            db.sqliteConnection,
            nil,
            waits ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
            &logged,
            &copied
        )
        // Busy: another process is doing the same.
        guard code == SQLITE_OK || code == SQLITE_BUSY else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: unsafe sqlite3_extended_errcode(db.sqliteConnection)),
                message: unsafe String(cString: sqlite3_errmsg(db.sqliteConnection))
            )
        }
        return code == SQLITE_OK && logged == copied
    }
}
