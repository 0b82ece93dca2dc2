import Foundation
import GRDB
import HydraPatterns

/// The labels and trends of an account in the tables.
///
/// Lives within one write access to the database.
struct PatternStore {
    let db: Database
    let account: Int64

    /// What names a label.
    struct Key: Hashable, Sendable {
        let subjectKind: Int64
        let subject: Int64
        let kind: String
        let feature: Int64
        let secondFeature: Int64

        init(_ pattern: Pattern, account: Int64) {
            let subject = pattern.subject.stored(account: account)
            self.subjectKind = subject.kind.rawValue
            self.subject = subject.row
            self.kind = pattern.kind.rawValue
            self.feature = pattern.features.first ?? 0
            self.secondFeature = pattern.features.dropFirst().first ?? 0
        }

        init(row: Row) {
            self.subjectKind = row[0]
            self.subject = row[1]
            self.kind = row[2]
            self.feature = row[3]
            self.secondFeature = row[4]
        }
    }

    /// What a label says, beyond its key.
    struct Content: Equatable, Sendable {
        let since: Int64
        let strength: Double
        let evidence: [UInt8]
    }

    /// All labels there are.
    func all() throws -> [Key: Content] {
        var known: [Key: Content] = [:]
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(
                sql: """
                    SELECT subjectKind, subject, kind, feature, secondFeature, since, strength, evidence
                    FROM patterns
                    WHERE account = ?
                    """
            ),
            arguments: [self.account]
        )
        while let row = try rows.next() {
            known[Key(row: row)] = Content(since: row[5], strength: row[6], evidence: [UInt8](row[7] as Data))
        }
        return known
    }

    /// Writes a label, unless its subject is gone.
    func put(_ key: Key, _ content: Content, foundOn day: UsageDay) throws {
        try self.execute(
            """
            INSERT INTO patterns (account, subjectKind, subject, kind, feature, secondFeature, since, foundOn,
                strength, evidence)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE \(Self.exists)
            ON CONFLICT (subjectKind, subject, kind, feature, secondFeature)
                DO UPDATE SET since = excluded.since, strength = excluded.strength, evidence = excluded.evidence
            """,
            [
                self.account, key.subjectKind, key.subject, key.kind, key.feature, key.secondFeature, content.since,
                day.number, content.strength, Data(content.evidence),
            ]
        )
    }

    func remove(_ key: Key) throws {
        try self.execute(
            """
            DELETE FROM patterns WHERE subjectKind = ? AND subject = ? AND kind = ? AND feature = ? AND secondFeature = ?
            """,
            [key.subjectKind, key.subject, key.kind, key.feature, key.secondFeature]
        )
    }

    /// Takes away all labels of an account, and its trends.
    func removeAll() throws {
        for table in ["patterns", "useTrends", "patternPasses"] {
            try self.execute("DELETE FROM \(table) WHERE account = ?", [self.account])
        }
    }

    // MARK: Trends

    func trends() throws -> [UseTrends.Key: UseTrends.Trend] {
        var known: [UseTrends.Key: UseTrends.Trend] = [:]
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(
                sql: "SELECT subjectKind, subject, direction, uses FROM useTrends WHERE account = ?"
            ),
            arguments: [self.account]
        )
        while let row = try rows.next() {
            guard let direction = UsageTrend.Direction(rawValue: row[2]) else { continue }
            known[.init(kind: row[0], subject: row[1])] = .init(direction: direction, uses: row[3])
        }
        return known
    }

    func put(_ trend: UseTrends.Trend, of key: UseTrends.Key) throws {
        try self.execute(
            """
            INSERT INTO useTrends (account, subjectKind, subject, direction, uses)
            SELECT ?1, ?2, ?3, ?4, ?5 WHERE \(Self.exists)
            ON CONFLICT (subjectKind, subject)
                DO UPDATE SET direction = excluded.direction, uses = excluded.uses
            """,
            [self.account, key.kind, key.subject, trend.direction.rawValue, trend.uses]
        )
    }

    func removeTrend(of key: UseTrends.Key) throws {
        try self.execute(
            "DELETE FROM useTrends WHERE subjectKind = ? AND subject = ?",
            [key.kind, key.subject]
        )
    }

    // MARK: Forgetting

    /// Takes away what is about a person or company that is no more.
    static func forget(_ kind: PatternSubjectKind, _ subject: Int64, in db: Database) throws {
        for table in ["patterns", "useTrends"] {
            try db.cachedStatement(sql: "DELETE FROM \(table) WHERE subjectKind = ? AND subject = ?")
                .execute(arguments: [kind.rawValue, subject])
        }
    }

    /// Has the next pass come now, although no event did: somebody's use is gone from the others' comparisons.
    func makeStale() throws {
        try self.execute("UPDATE patternPasses SET staleMarks = staleMarks + 1 WHERE account = ?", [self.account])
    }

    /// Over `?2` and `?3`.
    private static let exists = """
        CASE ?2 WHEN 1 THEN EXISTS (SELECT 1 FROM persons WHERE id = ?3)
            WHEN 2 THEN EXISTS (SELECT 1 FROM companies WHERE id = ?3) ELSE 1 END
        """

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try self.db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
