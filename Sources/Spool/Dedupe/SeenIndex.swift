import GRDB

/// Which message ids were seen inside the deduplication window.
///
/// A B-tree of millions of random keys touches a page of its own for every call: with 5 million keys, committing 800 more
/// took 36 ms, which is less than 1 ms this way. Here a commit appends its
/// keys to a log in one row (`seenLog`). When the log is long or old it is packed into a run whose keys lie in buckets
/// by hash (`seenRun`, `seenBucket`): one sequential write. A process knows the log's keys from an exact set and the
/// runs from filters over groups of runs; only a key that a filter lets through is looked up on disk. Runs are dropped
/// whole, the oldest first, by age or when there are too many keys.
///
/// The tables are the truth and this object is a mirror: other processes write the same tables, and ``synchronise`` reads
/// what they added. Used on the committer thread, inside a write transaction; after a failed transaction it is thrown
/// away and read again.
final class SeenIndex {
    /// How many keys are logged before they are packed: packing so many takes a few milliseconds.
    static let runKeys = 65_536

    /// How many runs share a filter: a call is asked of one filter for each 2 million keys.
    private static let runsPerGroup: Int64 = 32

    /// Runs that share a filter.
    private struct Group {
        let id: Int64
        var filter: KeyFilter
        /// The last run whose keys are in the filter.
        var through: Int64
    }

    private let window: Int64
    private let maximum: Int
    private let runKeys: Int

    /// The keys of `seenLog`.
    private var logged = KeySet()
    private var lastLogId: Int64 = 0
    private var logFirstAt: Int64?
    private var logLastAt: Int64 = 0

    /// The keys of the transaction that is under way, and the same in their order, 16 bytes each.
    private var pending = KeySet()
    private var pendingBytes: [UInt8] = []

    /// All runs, the oldest first.
    private var runs: [SeenRun] = []
    private var packedKeys = 0
    private var groups: [Group] = []
    private var generation: Int64 = -1

    /// - Parameters:
    ///   - window: how long a key is remembered at least, in milliseconds.
    ///   - maximum: how many keys are remembered at most.
    ///   - runKeys: how many keys are logged before they are packed.
    init(window: Int64, maximum: Int, runKeys: Int = SeenIndex.runKeys) {
        self.window = window
        self.maximum = maximum
        self.runKeys = runKeys
    }

    /// Whether the tables were read.
    var isLoaded: Bool { self.generation >= 0 }

    /// How many keys wait in the log, those of the transaction under way included.
    var logKeys: Int { self.logged.count + self.pending.count }

    // MARK: A transaction

    /// Takes over what other processes wrote since the last call.
    func synchronise(_ db: Database, generation: Int64, lastId: Int64) throws {
        self.pending.removeAll()
        self.pendingBytes.removeAll(keepingCapacity: true)
        if generation != self.generation {
            try self.readRuns(db)
            self.logged.removeAll()
            self.lastLogId = 0
            self.logFirstAt = nil
            self.logLastAt = 0
            try self.readLog(db)
            self.generation = generation
        } else if lastId != self.lastLogId {
            try self.readLog(db)
        }
        self.lastLogId = lastId
    }

    /// Remembers a key with the transaction under way; false if it was seen before.
    func insert(_ key: DedupeKey, _ db: Database) throws -> Bool {
        if self.logged.contains(key) { return false }
        if try self.runsContain(key, db) { return false }
        guard self.pending.insert(key) else { return false }
        unsafe withUnsafeBytes(of: (key.high.littleEndian, key.low.littleEndian)) {
            unsafe self.pendingBytes.append(contentsOf: $0)
        }
        return true
    }

    /// Writes the transaction's keys.
    func writeLog(_ db: Database, lastId: Int64, at: Int64) throws {
        guard !self.pendingBytes.isEmpty else { return }
        let insert = try db.cachedStatement(sql: "INSERT INTO seenLog (id, at, keys) VALUES (?, ?, ?)")
        insert.bind(lastId, at: 1)
        insert.bind(at, at: 2)
        try insert.run(binding: self.pendingBytes, at: 3)
    }

    /// The transaction is on disk.
    func committed(lastId: Int64, at: Int64) {
        if self.pending.count > 0 {
            for key in self.pending { _ = self.logged.insert(key) }
            if self.logFirstAt == nil { self.logFirstAt = at }
            self.logLastAt = max(self.logLastAt, at)
            self.pending.removeAll()
            self.pendingBytes.removeAll(keepingCapacity: true)
        }
        self.lastLogId = lastId
    }

    // MARK: Packing and forgetting

    /// Whether ``tend(_:now:)`` has something to do.
    func isDue(now: Int64) -> Bool {
        self.mustPack(now: now) || self.mustDrop(now: now) != nil
    }

    /// Packs the log if it is long or old, and drops the oldest run if it is too old or one too many: one of each, so
    /// that no commit waits for long. The caller is in a transaction and has ``synchronise``d.
    ///
    /// - Returns: what the ledger must remember; nil if there was nothing to do.
    func tend(_ db: Database, now: Int64) throws -> Tended? {
        var floorAt: Int64?
        let packs = self.mustPack(now: now)
        if packs { try self.pack(db) }
        let dropped = self.mustDrop(now: now)
        if let reason = dropped {
            let run = self.runs.removeFirst()
            self.packedKeys -= run.keys
            try db.execute(
                sql: "DELETE FROM seenBucket WHERE id BETWEEN ? AND ?",
                arguments: [run.rows.lowerBound, run.rows.upperBound]
            )
            try db.execute(sql: "DELETE FROM seenRun WHERE id = ?", arguments: [run.id])
            if reason == .bound { floorAt = run.lastAt }
            let oldestGroup = (self.runs.first?.id ?? .max) / Self.runsPerGroup
            self.groups.removeAll { $0.id < oldestGroup }
            try db.execute(sql: "DELETE FROM seenFilter WHERE id < ?", arguments: [oldestGroup])
        }
        guard packs || dropped != nil else { return nil }
        self.generation += 1
        return Tended(generation: self.generation, logKeys: self.logged.count, floorAt: floorAt)
    }

    /// What a call of ``tend(_:now:)`` changed.
    struct Tended {
        let generation: Int64
        let logKeys: Int
        /// Keys up to this time are forgotten before their window was over.
        let floorAt: Int64?
    }

    private enum DropReason {
        case age
        case bound
    }

    private func mustPack(now: Int64) -> Bool {
        guard let firstAt = self.logFirstAt, self.logged.count > 0 else { return false }
        return self.logged.count >= self.runKeys || now - firstAt > self.window / 16
    }

    private func mustDrop(now: Int64) -> DropReason? {
        guard let oldest = self.runs.first else { return nil }
        if oldest.lastAt < now - self.window { return .age }
        return self.packedKeys + self.logged.count > self.maximum ? .bound : nil
    }

    private func pack(_ db: Database) throws {
        let nextId = try Int64.fetchOne(db, sql: "SELECT max(id) FROM seenRun").map { $0 + 1 }
        let run = SeenRun(
            id: nextId ?? self.generation + 1,
            firstAt: self.logFirstAt ?? self.logLastAt,
            lastAt: self.logLastAt,
            keys: self.logged.count,
            buckets: SeenRun.buckets(forKeys: self.logged.count)
        )
        try self.writeBuckets(of: run, db)
        try db.execute(
            sql: "INSERT INTO seenRun (id, firstAt, lastAt, keys, buckets) VALUES (?, ?, ?, ?, ?)",
            arguments: [run.id, run.firstAt, run.lastAt, run.keys, run.buckets]
        )
        try db.execute(sql: "DELETE FROM seenLog")
        let group = self.groupIndex(for: run.id)
        for key in self.logged { self.groups[group].filter.insert(key) }
        self.groups[group].through = run.id
        self.runs.append(run)
        self.packedKeys += run.keys
        self.logged.removeAll()
        self.logFirstAt = nil
        if run.id % Self.runsPerGroup == Self.runsPerGroup - 1 { try self.writeFilter(self.groups[group].id, db) }
    }

    /// Sorts the log's keys by bucket, by counting, and writes the buckets in the order of their rows.
    private func writeBuckets(of run: SeenRun, _ db: Database) throws {
        var ends = [Int](repeating: 0, count: run.buckets + 1)
        for key in self.logged { ends[SeenRun.bucket(of: key, among: run.buckets) + 1] += 1 }
        for bucket in 0..<run.buckets { ends[bucket + 1] += ends[bucket] }
        let starts = ends
        var sorted = [UInt64](repeating: 0, count: run.keys * 2)
        for key in self.logged {
            let bucket = SeenRun.bucket(of: key, among: run.buckets)
            sorted[ends[bucket] * 2] = key.high.littleEndian
            sorted[ends[bucket] * 2 + 1] = key.low.littleEndian
            ends[bucket] += 1
        }
        let insert = try db.cachedStatement(sql: "INSERT INTO seenBucket (id, keys) VALUES (?, ?)")
        try unsafe sorted.withUnsafeBytes { bytes in
            for bucket in 0..<run.buckets where starts[bucket] < starts[bucket + 1] {
                insert.bind(run.id << 16 | Int64(bucket), at: 1)
                let keys = unsafe UnsafeRawBufferPointer(rebasing: bytes[starts[bucket] * 16..<starts[bucket + 1] * 16])
                try unsafe insert.run(binding: keys, at: 2)
            }
        }
    }

    private func writeFilter(_ group: Int64, _ db: Database) throws {
        guard let index = self.groups.firstIndex(where: { $0.id == group }) else { return }
        let keys = self.runs.reduce(0) { $1.id / Self.runsPerGroup == group ? $0 + $1.keys : $0 }
        self.groups[index].filter.shrink(toKeys: keys)
        let insert = try db.cachedStatement(sql: "INSERT OR REPLACE INTO seenFilter (id, bits) VALUES (?, ?)")
        insert.bind(group, at: 1)
        try insert.run(binding: self.groups[index].filter.bytes, at: 2)
    }

    // MARK: Looking up

    private func runsContain(_ key: DedupeKey, _ db: Database) throws -> Bool {
        // The newest first: what is sent again is mostly sent again soon.
        for group in self.groups.reversed() where group.filter.mayContain(key) {
            for run in self.runs.reversed() where run.id / Self.runsPerGroup == group.id {
                if try Self.run(run, contains: key, db) { return true }
            }
        }
        return false
    }

    private static func run(_ run: SeenRun, contains key: DedupeKey, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT keys FROM seenBucket WHERE id = ?")
        select.bind(run.row(of: key), at: 1)
        return try select.firstRow {
            unsafe select.withBytes(0) { bytes in
                unsafe Self.keys(in: bytes).contains(key)
            }
        } ?? false
    }

    // MARK: Reading the tables

    private func readRuns(_ db: Database) throws {
        self.runs = []
        let select = try db.cachedStatement(sql: "SELECT id, firstAt, lastAt, keys, buckets FROM seenRun ORDER BY id")
        try select.forEachRow {
            self.runs.append(
                SeenRun(
                    id: select.int64(0),
                    firstAt: select.int64(1),
                    lastAt: select.int64(2),
                    keys: select.int(3),
                    buckets: min(max(select.int(4), 1), 65_536)
                )
            )
        }
        self.packedKeys = self.runs.reduce(0) { $0 + $1.keys }
        let oldestGroup = (self.runs.first?.id ?? .max) / Self.runsPerGroup
        self.groups.removeAll { $0.id < oldestGroup }
        for run in self.runs {
            let index = try self.groupIndex(for: run.id, readingFilterFrom: db)
            guard self.groups[index].through < run.id else { continue }
            try self.readBuckets(of: run, into: index, db)
        }
    }

    private func readBuckets(of run: SeenRun, into group: Int, _ db: Database) throws {
        let select = try db.cachedStatement(sql: "SELECT keys FROM seenBucket WHERE id BETWEEN ? AND ?")
        select.bind(run.rows.lowerBound, at: 1)
        select.bind(run.rows.upperBound, at: 2)
        try select.forEachRow {
            unsafe select.withBytes(0) { bytes in
                for key in unsafe Self.keys(in: bytes) { self.groups[group].filter.insert(key) }
            }
        }
        self.groups[group].through = run.id
    }

    private func readLog(_ db: Database) throws {
        let select = try db.cachedStatement(sql: "SELECT id, at, keys FROM seenLog WHERE id > ? ORDER BY id")
        select.bind(self.lastLogId, at: 1)
        try select.forEachRow {
            self.lastLogId = select.int64(0)
            let at = select.int64(1)
            if self.logFirstAt == nil { self.logFirstAt = at }
            self.logLastAt = max(self.logLastAt, at)
            unsafe select.withBytes(2) { bytes in
                for key in unsafe Self.keys(in: bytes) { _ = self.logged.insert(key) }
            }
        }
    }

    /// The place of a run's group; a new group is sized for full runs. A full group's filter is read from disk.
    private func groupIndex(for run: Int64, readingFilterFrom db: Database? = nil) throws -> Int {
        let id = run / Self.runsPerGroup
        if let index = self.groups.firstIndex(where: { $0.id == id }) { return index }
        if let db, let filter = try Self.readFilter(id, db) {
            self.groups.append(Group(id: id, filter: filter, through: id * Self.runsPerGroup + Self.runsPerGroup - 1))
        } else {
            self.groups.append(self.newGroup(id))
        }
        return self.groups.count - 1
    }

    private func groupIndex(for run: Int64) -> Int {
        let id = run / Self.runsPerGroup
        if let index = self.groups.firstIndex(where: { $0.id == id }) { return index }
        self.groups.append(self.newGroup(id))
        return self.groups.count - 1
    }

    private func newGroup(_ id: Int64) -> Group {
        Group(id: id, filter: KeyFilter(keys: self.runKeys * Int(Self.runsPerGroup)), through: -1)
    }

    private static func readFilter(_ group: Int64, _ db: Database) throws -> KeyFilter? {
        let select = try db.cachedStatement(sql: "SELECT bits FROM seenFilter WHERE id = ?")
        select.bind(group, at: 1)
        return try select.firstRow { unsafe select.withBytes(0) { unsafe KeyFilter(bytes: $0) } } ?? nil
    }

    /// The keys of a blob, 16 bytes each, little-endian.
    private static func keys(in bytes: UnsafeRawBufferPointer) -> some Sequence<DedupeKey> {
        stride(from: 0, to: bytes.count / 16 * 16, by: 16).lazy.map { offset in
            unsafe DedupeKey(
                high: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
                low: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
            )
        }
    }
}
