import GRDB

/// The figures of the spool and of each source, kept in the same transactions as what they count, so that statistics
/// never count rows.
///
/// A transaction changes deltas in memory and writes one row for each source that it touched. Used on the committer
/// thread, inside a write transaction.
final class Ledger {
    /// What a transaction changed for one source.
    struct Delta {
        var fresh = 0
        var deferred = 0
        var dead = 0
        var rejected = 0
        var rejectedDropped = 0
        var appended = 0
        var duplicates = 0
        var delivered = 0
    }

    /// The row of the spool as a whole.
    struct Head: Equatable {
        /// The highest id given out.
        var lastId: Int64 = 0
        /// Keys in the table `seenLog`.
        var seenLogKeys = 0
        /// Raised whenever the deduplication runs change.
        var seenGeneration: Int64 = 0
        /// Keys up to this time were forgotten before their window was over.
        var seenFloorAt: Int64 = 0
    }

    private(set) var head = Head()
    private var written = Head()
    private var deltas: [Int64: Delta] = [:]
    private var ids: [String: Int64] = [:]
    /// The names whose ids the transaction under way gave out: forgotten if it fails.
    private var newNames: [String] = []
    private var last: (name: String, id: Int64)?

    /// Reads the head; the caller has begun a transaction.
    func begin(_ db: Database) throws {
        self.deltas.removeAll(keepingCapacity: true)
        for name in self.newNames { self.ids[name] = nil }
        self.newNames.removeAll()
        self.last = nil
        let select = try db.cachedStatement(
            sql: "SELECT lastId, seenLogKeys, seenGeneration, seenFloorAt FROM ledger WHERE id = 0"
        )
        let head = try select.firstRow {
            Head(
                lastId: select.int64(0),
                seenLogKeys: select.int(1),
                seenGeneration: select.int64(2),
                seenFloorAt: select.int64(3)
            )
        }
        guard let head else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the ledger has lost its first row")
        }
        self.head = head
        self.written = head
    }

    /// The next id. Ids rise over all processes, because each transaction starts from the last committed one.
    func nextId() -> Int64 {
        self.head.lastId += 1
        return self.head.lastId
    }

    func setSeen(logKeys: Int) {
        self.head.seenLogKeys = logKeys
    }

    func setSeen(_ tended: SeenIndex.Tended) {
        self.head.seenLogKeys = tended.logKeys
        self.head.seenGeneration = tended.generation
        if let floorAt = tended.floorAt { self.head.seenFloorAt = max(self.head.seenFloorAt, floorAt) }
    }

    /// The number that stands for a source's name in the tables.
    func id(of source: String, _ db: Database) throws -> Int64 {
        if let last = self.last, last.name == source { return last.id }
        let id: Int64
        if let known = self.ids[source] {
            id = known
        } else {
            id = try self.readOrMakeId(of: source, db)
            self.ids[source] = id
            self.newNames.append(source)
        }
        self.last = (source, id)
        return id
    }

    func change(_ source: Int64, _ change: (inout Delta) -> Void) {
        change(&self.deltas[source, default: Delta()])
    }

    /// Writes what changed.
    func write(_ db: Database) throws {
        let update = try db.cachedStatement(
            sql: """
                UPDATE ledger SET fresh = fresh + ?, deferred = deferred + ?, dead = dead + ?,
                    rejected = rejected + ?, rejectedDropped = rejectedDropped + ?, appended = appended + ?,
                    duplicates = duplicates + ?, delivered = delivered + ?
                WHERE id = ?
                """
        )
        for (source, delta) in self.deltas {
            update.bind(delta.fresh, at: 1)
            update.bind(delta.deferred, at: 2)
            update.bind(delta.dead, at: 3)
            update.bind(delta.rejected, at: 4)
            update.bind(delta.rejectedDropped, at: 5)
            update.bind(delta.appended, at: 6)
            update.bind(delta.duplicates, at: 7)
            update.bind(delta.delivered, at: 8)
            update.bind(source, at: 9)
            try update.run()
        }
        self.deltas.removeAll(keepingCapacity: true)
        guard self.head != self.written else { return }
        let updateHead = try db.cachedStatement(
            sql: "UPDATE ledger SET lastId = ?, seenLogKeys = ?, seenGeneration = ?, seenFloorAt = ? WHERE id = 0"
        )
        updateHead.bind(self.head.lastId, at: 1)
        updateHead.bind(self.head.seenLogKeys, at: 2)
        updateHead.bind(self.head.seenGeneration, at: 3)
        updateHead.bind(self.head.seenFloorAt, at: 4)
        try updateHead.run()
        self.written = self.head
    }

    /// The transaction is on disk.
    func committed() {
        self.newNames.removeAll()
    }

    private func readOrMakeId(of source: String, _ db: Database) throws -> Int64 {
        let select = try db.cachedStatement(sql: "SELECT id FROM ledger WHERE name = ? AND id > 0")
        select.bind(source, at: 1)
        if let id = try select.firstRow({ select.int64(0) }) { return id }
        let insert = try db.cachedStatement(sql: "INSERT INTO ledger (name) VALUES (?)")
        insert.bind(source, at: 1)
        try insert.run()
        return db.lastInsertedRowID
    }
}
