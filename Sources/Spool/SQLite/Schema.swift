import GRDB

/// The tables of the spool's database and how they come into being.
///
/// Stateless. The page size, auto-vacuum mode and layout were chosen by measuring; see each reason.
enum Schema {
    /// How the layout of each version comes from the one before, the first from an empty file.
    ///
    /// A change of the layout is another step at the end. Those that were released are never edited: files that they made are
    /// out there. All steps that a file lacks are one transaction, so that it has the old layout or the new one.
    static let steps = [Self.tables]

    /// The layout of this program. A file with a higher one belongs to a later program.
    static var version: Int { Self.steps.count }

    /// `HGSP`: tells our files from any other SQLite database.
    static let applicationID = 0x4847_5350

    /// A commit writes whole pages into the log, and most commits carry a few calls of under 1 KB. Measured with bodies of
    /// 700 bytes, log and database together: with pages of 4, 8 and 16 KiB a lone call writes 16, 28 and 53 KB, a call
    /// among 64 that wait 2.2, 2.8 and 3.8 KB, a call of a batch of 100 1.8, 1.8 and 2.0 KB.
    static let pageSize = 4096

    /// Settings that SQLite takes only before the first table: the page size, and incremental vacuum, so that a spool
    /// that was large once gives its disk space back in small steps. The latter costs a twentieth of the bytes written.
    static func prepareNewFile(_ db: Database) throws {
        try db.execute(sql: "PRAGMA page_size = \(Self.pageSize)")
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
    }

    /// Brings a file to ``version``; the caller holds the commit lock.
    ///
    /// - Parameters:
    ///   - idsAbove: the ids of a file that is made now start above this.
    ///   - steps: those of this program, but in tests.
    static func migrate(_ db: Database, idsAbove: Int64, steps: [String] = Self.steps) throws {
        let applicationID = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
        guard isEmpty || applicationID == Self.applicationID else { throw SchemaError.foreign }
        guard version <= steps.count else { throw SchemaError.newer(version) }
        guard version < steps.count else { return }
        try db.inTransaction(.immediate) {
            for step in steps[max(0, version)...] { try db.execute(sql: step) }
            if version <= 0 {
                try db.execute(sql: "UPDATE ledger SET lastId = ? WHERE id = 0", arguments: [idsAbove])
                try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
            }
            try db.execute(sql: "PRAGMA user_version = \(steps.count)")
            return .commit
        }
    }

    /// Throws unless the file has the layout of this program.
    static func confirm(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let applicationID = try Int.fetchOne(db, sql: "PRAGMA application_id")
        guard applicationID == Self.applicationID else { throw SchemaError.foreign }
        guard version <= Self.version else { throw SchemaError.newer(version) }
        guard version == Self.version else { throw SchemaError.older(version) }
    }

    private static let tables = """
        -- Row 0 is the spool as a whole, named by what tells this database from any other, and the only user of the last
        -- four columns; the others are sources. One table, so that the figures of a commit change one page.
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            fresh INTEGER NOT NULL DEFAULT 0,
            deferred INTEGER NOT NULL DEFAULT 0,
            dead INTEGER NOT NULL DEFAULT 0,
            rejected INTEGER NOT NULL DEFAULT 0,
            rejectedDropped INTEGER NOT NULL DEFAULT 0,
            appended INTEGER NOT NULL DEFAULT 0,
            duplicates INTEGER NOT NULL DEFAULT 0,
            delivered INTEGER NOT NULL DEFAULT 0,
            lastId INTEGER NOT NULL DEFAULT 0,
            seenLogKeys INTEGER NOT NULL DEFAULT 0,
            seenGeneration INTEGER NOT NULL DEFAULT 0,
            seenFloorAt INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO ledger (id, name) VALUES (0, lower(hex(randomblob(16))));

        -- Fresh calls. Appended in the order of ids and read in that order: no index. Small columns first, so that
        -- passing over a call does not read its body.
        CREATE TABLE calls (
            id INTEGER PRIMARY KEY,
            source INTEGER NOT NULL,
            lane INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            receivedAt INTEGER NOT NULL,
            messageId TEXT NOT NULL,
            traceId TEXT NOT NULL,
            body BLOB NOT NULL
        );

        CREATE TABLE deferred (
            id INTEGER PRIMARY KEY,
            source INTEGER NOT NULL,
            lane INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            receivedAt INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            firstAttemptAt INTEGER,
            notBefore INTEGER NOT NULL,
            reason TEXT,
            messageId TEXT NOT NULL,
            traceId TEXT NOT NULL,
            body BLOB NOT NULL
        );
        -- Holds (lane, id).
        CREATE INDEX deferredLane ON deferred (lane);

        CREATE TABLE dead (
            id INTEGER PRIMARY KEY,
            source INTEGER NOT NULL,
            lane INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            receivedAt INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            firstAttemptAt INTEGER,
            diedAt INTEGER NOT NULL,
            code TEXT NOT NULL,
            status INTEGER,
            message TEXT NOT NULL,
            answer TEXT NOT NULL,
            messageId TEXT NOT NULL,
            traceId TEXT NOT NULL,
            body BLOB NOT NULL
        );
        -- Holds (source, id).
        CREATE INDEX deadSource ON dead (source);

        CREATE TABLE rejected (
            id INTEGER PRIMARY KEY,
            source INTEGER NOT NULL,
            receivedAt INTEGER NOT NULL,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            messageId TEXT,
            traceId TEXT NOT NULL,
            rawBytes INTEGER NOT NULL,
            raw BLOB NOT NULL
        );

        -- Remembered message ids, the newest: one row for each commit, under its last id, 16 bytes for each key.
        CREATE TABLE seenLog (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            keys BLOB NOT NULL
        );

        -- The older ones, packed into runs. A run's keys lie in buckets (powers of two) by their hash: the bucket of a
        -- key is one row, found without an index.
        CREATE TABLE seenRun (
            id INTEGER PRIMARY KEY,
            firstAt INTEGER NOT NULL,
            lastAt INTEGER NOT NULL,
            keys INTEGER NOT NULL,
            buckets INTEGER NOT NULL
        );
        CREATE TABLE seenBucket (
            -- run << 16 | bucket
            id INTEGER PRIMARY KEY,
            keys BLOB NOT NULL
        );
        -- The filter in front of a full group of runs.
        CREATE TABLE seenFilter (
            id INTEGER PRIMARY KEY,
            bits BLOB NOT NULL
        );
        """
}

/// Why a readable database is not ours to use.
enum SchemaError: Error {
    /// Tables that the spool did not make.
    case foreign
    /// Tables of a later version.
    case newer(Int)
    /// Tables of an earlier version, where they may not be changed.
    case older(Int)
}
