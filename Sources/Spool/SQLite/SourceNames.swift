import GRDB
import Synchronization

/// The names of sources by the numbers that stand for them in the tables.
///
/// Safe on any thread. A number's name never changes while a file is open, so what was read once holds.
final class SourceNames: Sendable {
    fileprivate let names = Mutex<[Int64: String]>([:])
}

/// The same for one read: without locking for each row, and complete for the read's snapshot.
///
/// Lives inside the access closure of a reading connection.
struct SnapshotNames {
    private let db: Database
    private let shared: SourceNames
    private var names: [Int64: String]
    private var last: (id: Int64, name: String)?

    init(db: Database, shared: SourceNames) {
        self.db = db
        self.shared = shared
        self.names = shared.names.withLock { $0 }
    }

    mutating func name(of id: Int64) throws -> String {
        if let last = self.last, last.id == id { return last.name }
        if self.names[id] == nil { try self.read() }
        guard let name = self.names[id] else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT,
                message: "a call names source \(id), which the ledger lacks"
            )
        }
        self.last = (id, name)
        return name
    }

    private mutating func read() throws {
        let select = try self.db.cachedStatement(sql: "SELECT id, name FROM ledger WHERE id > 0")
        try select.forEachRow { self.names[select.int64(0)] = select.text(1) }
        let names = self.names
        self.shared.names.withLock { $0 = names }
    }
}
