import Foundation
import GRDB
import HydraScanners
import JSON

/// The scanners of one account.
///
/// Lives within one access to the database; what changes something needs a write access.
struct ScannerStore {
    /// Scanners of an account, at most.
    static let maximumCount = 50
    /// Bytes of a definition.
    static let maximumDefinitionBytes = 64 << 10

    let db: Database
    let account: Account

    /// Of these kinds an account has one: which of two would be shown could not be told.
    static func isSingle(_ kind: ScannerKind) -> Bool { kind == .role || kind == .usage }

    static func definition(_ kind: ScannerKind, stored: Data) throws -> ScannerDefinition {
        try ScannerDefinition.parse(kind: kind, JSONParser().parse([UInt8](stored)).root)
    }

    // MARK: Reading

    func all() throws -> [Scanner] {
        let statement = try self.db.cachedStatement(
            sql: "SELECT \(Scanner.columns) FROM scanners WHERE account = ? ORDER BY id"
        )
        return try Row.fetchAll(statement, arguments: [self.account.id]).map { try Scanner(row: $0) }
    }

    func find(_ publicID: String) throws -> Scanner? {
        guard let key = PublicID.scannerKey(publicID) else { return nil }
        let statement = try self.db.cachedStatement(
            sql: "SELECT \(Scanner.columns) FROM scanners WHERE key = ? AND account = ?"
        )
        return try Row.fetchOne(statement, arguments: [key.data, self.account.id]).map { try Scanner(row: $0) }
    }

    /// Runs of a scanner, the newest first.
    func runs(of scanner: Scanner, before id: Int64, limit: Int) throws -> [ScanRun] {
        let statement = try self.db.cachedStatement(
            sql: "SELECT \(ScanRun.columns) FROM scanRuns WHERE scanner = ? AND id < ? ORDER BY id DESC LIMIT ?"
        )
        return try Row.fetchAll(statement, arguments: [scanner.id, id, limit]).map { ScanRun(row: $0) }
    }

    func lastRun(of scanner: Scanner) throws -> ScanRun? {
        try self.runs(of: scanner, before: Int64.max, limit: 1).first
    }

    // MARK: Changing

    /// Makes a scanner and starts its first run.
    ///
    /// - Parameter takesInPast: of a usage scanner: whether events that are there already count.
    @discardableResult
    func create(
        name: String,
        definition: ScannerDefinition,
        isEnabled: Bool,
        takesInPast: Bool,
        now: Instant
    ) throws -> Int64 {
        let existing = try self.all()
        guard existing.count < Self.maximumCount else { throw ScannerProblem.tooMany }
        if Self.isSingle(definition.kind), existing.contains(where: { $0.kind == definition.kind }) {
            throw ScannerProblem.existsAlready(definition.kind)
        }
        try self.execute(
            """
            INSERT INTO scanners (account, key, kind, name, isEnabled, definition, version, createdAt, updatedAt)
            VALUES (?, ?, ?, ?, ?, ?, 1, ?7, ?7)
            """,
            [
                self.account.id, RecordKey.random().data, definition.kind.rawValue, SQLText.value(name), isEnabled,
                Data(definition.json()), now.milliseconds,
            ]
        )
        let id = self.db.lastInsertedRowID
        if definition.kind == .usage {
            let usageSet = try self.openUsageSet(scanner: id, isOpen: isEnabled)
            if takesInPast { try self.takeInPast(scanner: id, version: 1, usageSet: usageSet, now: now) }
        } else if isEnabled {
            try self.start(.created, scanner: id, kind: definition.kind, version: 1, now: now)
        }
        return id
    }

    /// Changes a scanner, and starts over what depends on it.
    ///
    /// - Parameter version: the version that the change was made from; nil: whatever is there.
    func change(_ scanner: Scanner, _ change: ScannerChange, version: Int64?, now: Instant) throws {
        if let version, version != scanner.version { throw ScannerProblem.editedMeanwhile(version: scanner.version) }
        if change.takesInPast, scanner.kind != .usage {
            throw ScannerProblem.refused("only a product usage scanner can take in the past")
        }
        let isEnabled = change.isEnabled ?? scanner.isEnabled
        let definition = change.definition ?? scanner.definition
        let next = scanner.version &+ 1
        let name: String = change.name ?? scanner.name
        try self.execute(
            """
            UPDATE scanners SET name = ?, isEnabled = ?, definition = ?, version = ?, updatedAt = ? WHERE id = ?
            """,
            [
                SQLText.value(name), isEnabled, Data(definition.json()), next, now.milliseconds,
                scanner.id,
            ]
        )
        if scanner.kind == .usage {
            try self.execute(
                "UPDATE usageSets SET isOpen = ? WHERE scanner = ? AND isRetired = 0",
                [isEnabled, scanner.id]
            )
            if change.takesInPast {
                try self.retireUsageSets(of: scanner.id)
                let usageSet = try self.openUsageSet(scanner: scanner.id, isOpen: isEnabled)
                try self.takeInPast(scanner: scanner.id, version: next, usageSet: usageSet, now: now)
            }
        } else if !isEnabled {
            try self.stopRuns(of: scanner.id, now: now)
        } else if !scanner.isEnabled {
            try self.start(.switchedOn, scanner: scanner.id, kind: scanner.kind, version: next, now: now)
        } else if definition != scanner.definition {
            try self.start(.edited, scanner: scanner.id, kind: scanner.kind, version: next, now: now)
        }
    }

    /// Has a scanner look at all records again.
    func run(_ scanner: Scanner, now: Instant) throws {
        guard scanner.kind != .usage else {
            throw ScannerProblem.refused("a product usage scanner runs by itself; `takeInPast` has it count anew")
        }
        guard scanner.isEnabled else { throw ScannerProblem.refused("the scanner is switched off") }
        try self.start(.requested, scanner: scanner.id, kind: scanner.kind, version: scanner.version, now: now)
    }

    /// Takes a scanner away. What it found is no longer shown at once, and cleared in the background.
    func delete(_ scanner: Scanner, now: Instant) throws {
        try self.execute("DELETE FROM scanners WHERE id = ?", [scanner.id])
        try self.execute("DELETE FROM scanRuns WHERE scanner = ?", [scanner.id])
        try self.retireUsageSets(of: scanner.id)
        try self.insertRun(.deleted, scanner: scanner.id, version: scanner.version, until: 0, total: 0, now: now)
        // The other scanners of persons read the role.
        if scanner.kind == .role { try Findings.restalePersons(of: self.account.id, in: self.db) }
    }

    // MARK: Runs and usage sets

    private func start(_ reason: ScanRun.Reason, scanner: Int64, kind: ScannerKind, version: Int64, now: Instant) throws
    {
        try self.stopRuns(of: scanner, now: now)
        let table = kind == .icp ? "companies" : "persons"
        let row = try Row.fetchOne(
            self.db,
            sql: "SELECT coalesce(max(id), 0), count(*) FROM \(table) WHERE account = ?",
            arguments: [self.account.id]
        )
        try self.insertRun(
            reason,
            scanner: scanner,
            version: version,
            until: row?[0] ?? 0,
            total: row?[1] ?? 0,
            now: now
        )
    }

    private func takeInPast(scanner: Int64, version: Int64, usageSet: Int64, now: Instant) throws {
        try self.stopRuns(of: scanner, now: now)
        let until = try Self.lastUse(of: self.account.id, in: self.db)
        let total = try Int64.fetchOne(
            self.db,
            sql: "SELECT count(*) FROM events WHERE account = ? AND id <= ? AND \(Self.isUse)",
            arguments: [self.account.id, until]
        )
        try self.insertRun(
            .takeInPast,
            scanner: scanner,
            version: version,
            until: until,
            total: total ?? 0,
            usageSet: usageSet,
            now: now
        )
    }

    private func insertRun(
        _ reason: ScanRun.Reason,
        scanner: Int64,
        version: Int64,
        until: Int64,
        total: Int64,
        usageSet: Int64? = nil,
        now: Instant
    ) throws {
        try self.execute(
            """
            INSERT INTO scanRuns (scanner, version, reason, state, position, until, done, total, changed, startedAt,
                usageSet) VALUES (?, ?, ?, 'running', 0, ?, 0, ?, 0, ?, ?)
            """,
            [scanner, version, reason.rawValue, until, total, now.milliseconds, usageSet]
        )
    }

    private func stopRuns(of scanner: Int64, now: Instant) throws {
        try self.execute(
            "UPDATE scanRuns SET state = 'stopped', finishedAt = ? WHERE scanner = ? AND finishedAt IS NULL",
            [now.milliseconds, scanner]
        )
    }

    /// Events that are committed from now on count; those before are for a run to take in.
    private func openUsageSet(scanner: Int64, isOpen: Bool) throws -> Int64 {
        try self.execute(
            "INSERT INTO usageSets (account, scanner, sinceEvent, isOpen) VALUES (?, ?, ?, ?)",
            [self.account.id, scanner, try Self.lastEvent(in: self.db), isOpen]
        )
        return self.db.lastInsertedRowID
    }

    private func retireUsageSets(of scanner: Int64) throws {
        try self.execute("UPDATE usageSets SET isOpen = 0, isRetired = 1 WHERE scanner = ?", [scanner])
    }

    static func lastEvent(in db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT coalesce(max(id), 0) FROM events")) ?? 0
    }

    /// Which events tell of use, as the index of them has it.
    static let isUse = "kind = 2 AND feature IS NOT NULL"

    /// The account's last event that tells of use; 0 where there is none.
    static func lastUse(of account: Int64, in db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT max(id) FROM events WHERE account = ? AND \(self.isUse)"),
            arguments: [account]
        ) ?? 0
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try self.db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
