import Foundation
import GRDB
import Hydra
import HydraScanners

/// Runs over all records, and over all past events.
extension ScanWork {
    func advanceRun() throws -> Bool {
        let open = try self.store.pool.read { db -> (ScanRun, Scanner?)? in
            let statement = try db.cachedStatement(
                sql: "SELECT \(ScanRun.columns) FROM scanRuns WHERE finishedAt IS NULL ORDER BY id LIMIT 1"
            )
            guard let run = try Row.fetchOne(statement).map({ ScanRun(row: $0) }) else { return nil }
            let scanner = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT \(Scanner.columns) FROM scanners WHERE id = ?"),
                arguments: [run.scanner]
            ).map { try Scanner(row: $0) }
            return (run, scanner)
        }
        guard let (run, scanner) = open else { return false }
        guard let scanner else {
            try self.clearResults(of: run)
            return true
        }
        switch scanner.kind {
        case .role, .persona, .icp: try self.advance(run, of: scanner)
        case .usage: try self.takeInPast(run, of: scanner)
        }
        return true
    }

    /// Looks at the next records of a run over all of them.
    private func advance(_ run: ScanRun, of scanner: Scanner) throws {
        let isOfCompanies = scanner.kind == .icp
        let table = isOfCompanies ? "companies" : "persons"
        let subjects = try self.store.pool.read { db in
            try Int64.fetchAll(
                db.cachedStatement(
                    sql: "SELECT id FROM \(table) WHERE account = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?"
                ),
                arguments: [scanner.account, run.position, run.until, Self.batch]
            )
        }
        let findings =
            isOfCompanies ? try self.examine(companies: subjects) : try self.examine(persons: subjects)
        let isLast = subjects.count < Self.batch
        try self.store.pool.write { db in
            let changed = try Self.write(findings, in: db, now: self.clock())[scanner.id] ?? 0
            try Self.advance(
                run,
                to: subjects.last ?? run.until,
                done: run.done &+ Int64(subjects.count),
                changed: run.changed &+ changed,
                isLast: isLast,
                now: self.clock(),
                in: db
            )
        }
    }

    /// Counts the next past events of a usage scanner. Reading and counting are one transaction: erasing cannot come
    /// between them.
    private func takeInPast(_ run: ScanRun, of scanner: Scanner) throws {
        try self.store.pool.write { db in
            guard let usageSet = run.usageSet else {
                return try Self.advance(
                    run,
                    to: run.until,
                    done: run.total,
                    changed: run.changed,
                    isLast: true,
                    now: self.clock(),
                    in: db
                )
            }
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT identity, timestamp, feature, eventFlag, id FROM events
                        WHERE account = ? AND id > ? AND id <= ? AND \(ScannerStore.isUse) AND identity > 0 ORDER BY id LIMIT ?
                        """
                ),
                arguments: [scanner.account, run.position, run.until, Self.pastEvents]
            )
            var tally = UsageTally()
            var catalogue = FeatureCatalogue()
            var counted: Int64 = 0
            var read = 0
            var end = run.position
            while let row = try rows.next() {
                read += 1
                end = row[4]
                guard let feature = SQLText.read(row, 2), !feature.isEmpty else { continue }
                let key = UseKey(
                    usageSet: usageSet,
                    identity: row[0],
                    day: UsageDay(Instant(milliseconds: row[1])).number,
                    feature: try catalogue.number(of: feature, account: scanner.account, in: db)
                )
                tally.add(EventFlag(stored: row[3] ?? 0), to: key)
                counted += 1
            }
            try tally.write(in: db)
            let isLast = read < Self.pastEvents
            try Self.advance(
                run,
                to: end,
                done: run.done &+ Int64(read),
                changed: run.changed &+ counted,
                isLast: isLast,
                now: self.clock(),
                in: db
            )
            if isLast {
                let scanners = try Account.find(scanner.account, in: db).map { try ScannerSet(account: $0, in: db) }
                if scanners?.personsReadUsage == true { try Findings.restalePersons(of: scanner.account, in: db) }
                if scanners?.companiesReadUsage == true { try Findings.restaleCompanies(of: scanner.account, in: db) }
            }
        }
    }

    private static func advance(
        _ run: ScanRun,
        to position: Int64,
        done: Int64,
        changed: Int64,
        isLast: Bool,
        now: Instant,
        in db: Database
    ) throws {
        // A run that was stopped in the meantime stays stopped.
        try db.cachedStatement(
            sql: """
                UPDATE scanRuns SET position = ?, done = ?, changed = ?, state = ?, finishedAt = ?
                WHERE id = ? AND finishedAt IS NULL
                """
        ).execute(arguments: [
            position, isLast ? max(done, run.total) : done, changed,
            isLast ? ScanRun.State.finished.rawValue : ScanRun.State.running.rawValue, isLast ? now.milliseconds : nil,
            run.id,
        ])
    }
}
