import Foundation
import GRDB
import HydraScanners
import JSON

/// Writes what was found out, where it differs from what is known.
///
/// Lives within one write access to the database. Records that were erased or joined in the meantime are passed over: a
/// record that changed in the meantime will be looked at again.
struct FindingsWriter {
    let db: Database
    let now: Instant
    /// Results that differ from those before.
    private(set) var changedResults: [Int64: Int64] = [:]

    init(db: Database, now: Instant) {
        self.db = db
        self.now = now
    }

    mutating func write(_ finding: PersonFinding) throws {
        guard try self.exists("SELECT 1 FROM persons WHERE id = ?", finding.person) else { return }
        try self.execute(
            """
            INSERT INTO personPoints (person, points) VALUES (?, ?)
            ON CONFLICT (person) DO UPDATE SET points = excluded.points WHERE points <> excluded.points
            """,
            [finding.person, Data(finding.points)]
        )
        try self.write(finding.results, subject: finding.person)
        try self.write(finding.spans, of: finding.person)
        for company in finding.usedCompanies { try Findings.makeStale(company: company, in: self.db) }
    }

    mutating func write(_ finding: CompanyFinding) throws {
        guard try self.exists("SELECT 1 FROM companies WHERE id = ?", finding.company) else { return }
        let known = try Data.fetchOne(
            self.db.cachedStatement(sql: "SELECT facts FROM companyPoints WHERE company = ?"),
            arguments: [finding.company]
        )
        try self.execute(
            """
            INSERT INTO companyPoints (company, points, facts) VALUES (?, ?, ?)
            ON CONFLICT (company) DO UPDATE SET points = excluded.points, facts = excluded.facts
            WHERE points <> excluded.points OR facts <> excluded.facts
            """,
            [finding.company, Data(finding.points), Data(finding.facts)]
        )
        // A new company's persons are looked at because of the calls that named it.
        if let known, [UInt8](known) != finding.facts {
            try Findings.restalePersons(ofCompany: finding.company, in: self.db)
        }
        try self.write(finding.results, subject: finding.company)
    }

    private mutating func write(_ results: [(scanner: Int64, result: ScanResult?)], subject: Int64) throws {
        for (scanner, result) in results {
            if let result {
                var writer = JSONWriter(reserving: 256)
                result.json(into: &writer)
                // A scanner that was deleted in the meantime gets no results any more.
                try self.execute(
                    """
                    INSERT INTO scanResults (scanner, subject, label, score, result, scannedAt)
                    SELECT id, ?2, ?3, ?4, ?5, ?6 FROM scanners WHERE id = ?1
                    ON CONFLICT (scanner, subject) DO UPDATE SET
                        label = excluded.label, score = excluded.score, result = excluded.result,
                        scannedAt = excluded.scannedAt
                    WHERE result <> excluded.result
                    """,
                    [
                        scanner, subject, SQLText.value(result.label), result.score, Data(writer.bytes),
                        self.now.milliseconds,
                    ]
                )
            } else {
                try self.execute("DELETE FROM scanResults WHERE scanner = ? AND subject = ?", [scanner, subject])
            }
            if self.db.changesCount > 0 { self.changedResults[scanner, default: 0] += 1 }
        }
    }

    private func write(_ spans: [CompanySpan], of person: Int64) throws {
        let known = try Row.fetchAll(
            self.db.cachedStatement(
                sql: "SELECT company, fromDay, untilDay FROM companySpans WHERE person = ? ORDER BY fromDay"
            ),
            arguments: [person]
        ).map { CompanySpan(company: $0[0], from: $0[1], until: $0[2]) }
        guard known != spans else { return }
        try self.execute("DELETE FROM companySpans WHERE person = ?", [person])
        for span in spans {
            try self.execute(
                """
                INSERT INTO companySpans (person, fromDay, untilDay, company)
                SELECT ?, ?, ?, id FROM companies WHERE id = ?
                """,
                [person, span.from, span.until, span.company]
            )
        }
        // A company that somebody left or came to is another one to its scanners.
        for company in Set((known + spans).map(\.company)) { try Findings.makeStale(company: company, in: self.db) }
    }

    private func exists(_ sql: String, _ id: Int64) throws -> Bool {
        try Int.fetchOne(self.db.cachedStatement(sql: sql), arguments: [id]) != nil
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try self.db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
