import Foundation
import GRDB
import HydraDataPoints
import JSON

/// What the network said about domains, and which are to be looked up.
///
/// The functions run inside one access to the database; those that change something inside the transaction that changes
/// the companies.
enum SourcedDomains {
    // MARK: The queue

    /// Gives a company's domain its places in the queue, if its account wants to know.
    static func enqueue(company: Int64, in db: Database) throws {
        try self.execute(
            """
            INSERT INTO sourcedDomains (domain, source, expiresAt)
            SELECT domain, source.column1, 0 FROM companies
            JOIN sourcingSettings ON sourcingSettings.account = companies.account
            JOIN (VALUES ('dns'), ('home_page')) AS source
                ON CASE source.column1 WHEN 'dns' THEN dns ELSE homePage END
            WHERE companies.id = ? AND domain IS NOT NULL
            ON CONFLICT DO NOTHING
            """,
            [company],
            db
        )
    }

    /// The same for all companies of an account, behind those that are new: a backlog of hours does not hold them up.
    static func enqueueCompanies(of account: Int64, _ source: NetworkSource, in db: Database) throws {
        try self.execute(
            """
            INSERT INTO sourcedDomains (domain, source, expiresAt)
            SELECT DISTINCT domain, ?2, 1 FROM companies WHERE account = ?1 AND domain IS NOT NULL
            ON CONFLICT DO NOTHING
            """,
            [account, source.rawValue],
            db
        )
    }

    /// Forgets a domain that no company has any more.
    static func forgetUnlessUsed(_ domain: String, in db: Database) throws {
        try self.execute(
            "DELETE FROM sourcedDomains WHERE domain = ?1 AND NOT EXISTS (SELECT 1 FROM companies WHERE domain = ?1)",
            [domain],
            db
        )
    }

    static func remove(_ domain: String, _ source: NetworkSource, in db: Database) throws {
        try self.execute(
            "DELETE FROM sourcedDomains WHERE domain = ? AND source = ?",
            [domain, source.rawValue],
            db
        )
    }

    /// Sources that are due, the longest waiting first.
    static func due(at now: Instant, in db: Database) throws -> [(domain: String, source: NetworkSource)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT domain, source FROM sourcedDomains WHERE expiresAt <= ? ORDER BY expiresAt, domain LIMIT ?
                """
        )
        return try Row.fetchAll(statement, arguments: [now.milliseconds, SourcingLimits.rows]).compactMap { row in
            NetworkSource(rawValue: row[1]).map { (row[0], $0) }
        }
    }

    // MARK: What was found

    /// Keeps what a lookup found, and has the background look at the companies again.
    static func write(_ facts: SourcedFacts, of domain: String, at now: Instant, in db: Database) throws {
        for (source, points) in facts.points {
            try self.execute(
                """
                UPDATE sourcedDomains SET points = ?3, fetchedAt = ?4, expiresAt = ?5, triedAt = ?4, failures = 0,
                    error = NULL
                WHERE domain = ?1 AND source = ?2
                """,
                [
                    domain, source.rawValue, Data(points.jsonText), now.milliseconds,
                    now.milliseconds &+ SourcingLimits.freshness,
                ],
                db
            )
        }
        for (source, error) in facts.errors {
            let failures = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT failures FROM sourcedDomains WHERE domain = ? AND source = ?"),
                arguments: [domain, source.rawValue]
            )
            guard let failures else { continue }
            try self.execute(
                """
                UPDATE sourcedDomains SET failures = ?3, triedAt = ?4, expiresAt = ?5, error = ?6,
                    points = CASE WHEN fetchedAt >= ?7 THEN points END
                WHERE domain = ?1 AND source = ?2
                """,
                [
                    domain, source.rawValue, failures &+ 1, now.milliseconds,
                    now.milliseconds &+ SourcingLimits.retry(afterFailures: failures &+ 1),
                    self.kept(error),
                    now.milliseconds &- SourcingLimits.shownWhileFailing,
                ],
                db
            )
        }
        try self.makeCompaniesStale(of: domain, in: db)
    }

    private static func makeCompaniesStale(of domain: String, in db: Database) throws {
        try self.execute(
            """
            INSERT INTO staleCompanies (company, mark)
            SELECT companies.id, 1 FROM companies
            JOIN sourcingSettings ON sourcingSettings.account = companies.account AND (dns OR homePage)
            WHERE domain = ? AND true
            ON CONFLICT (company) DO UPDATE SET mark = mark + 1
            """,
            [domain],
            db
        )
    }

    /// What is known of a domain in these sources.
    static func points(
        of domain: String,
        in sources: Set<NetworkSource>,
        parser: JSONParser,
        _ db: Database
    ) throws -> [DataPoint] {
        guard !sources.isEmpty else { return [] }
        let statement = try db.cachedStatement(
            sql: "SELECT source, points FROM sourcedDomains WHERE domain = ? AND points IS NOT NULL ORDER BY source"
        )
        return try Row.fetchAll(statement, arguments: [domain]).flatMap { row -> [DataPoint] in
            guard let source = NetworkSource(rawValue: row[0]), sources.contains(source),
                let root = try? parser.parse([UInt8](row[1] as Data)).root
            else { return [] }
            return root.elements.compactMap { DataPoint(json: $0) }
        }
    }

    /// A NUL would end SQLite's text.
    private static func kept(_ error: String) -> String {
        let scalars = error.unicodeScalars.lazy.filter { $0 != "\0" }.prefix(SourcingLimits.errorCharacters)
        return String(String.UnicodeScalarView(scalars))
    }

    private static func execute(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
