import GRDB

/// What `hydra check` found.
///
/// A value; any thread.
package struct StoreReport: Sendable {
    /// How much there is of each, in the order to print it.
    package var counts: [(name: String, count: Int64)] = []
    /// What is wrong, each with what it concerns; empty if all is whole.
    package var mistakes: [String] = []
}

/// Reads a data directory through and looks for damage.
package enum StoreCheck {
    /// More would not tell more.
    private static let maximumMistakes = 20

    /// Beside a running server or without one. Reads everything; nothing is changed.
    package static func run(directory: String) throws(EngineError) -> StoreReport {
        let store = try Store(directory: directory, exclusive: false, readers: 1)
        defer { store.close() }
        do {
            return try store.pool.read { db in try self.report(db) }
        } catch {
            throw Store.explain(error, path: store.path)
        }
    }

    private static func report(_ db: Database) throws -> StoreReport {
        var report = StoreReport()
        let damage = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(self.maximumMistakes))")
        guard damage == ["ok"] else {
            report.mistakes = damage
            return report
        }
        for (name, table) in [
            ("accounts", "accounts"), ("API keys", "apiKeys"), ("persons", "persons"), ("identities", "identities"),
            ("companies", "companies"), ("calls", "events"),
        ] {
            report.counts.append((name, try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0))
        }
        for rule in self.rules {
            let count = try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(rule.query)") ?? 0
            if count > 0 { report.mistakes.append("\(count) \(rule.mistake)") }
        }
        return report
    }

    /// What must never be, however the program ended.
    private static let rules: [(mistake: String, query: String)] = [
        (
            "identities without a person",
            "identities WHERE NOT EXISTS (SELECT 1 FROM persons WHERE persons.id = identities.person)"
        ),
        (
            "persons without an identity",
            "persons WHERE NOT EXISTS (SELECT 1 FROM identities WHERE identities.person = persons.id)"
        ),
        (
            "persons with two user ids",
            "(SELECT person FROM identities WHERE kind = 1 GROUP BY person HAVING count(*) > 1)"
        ),
        (
            "anonymous ids that are with another person than their owner",
            """
            identities AS device JOIN identities AS owner ON owner.id = device.owner WHERE device.person <> owner.person
            """
        ),
        (
            "calls that are with another person than their identity",
            """
            events LEFT JOIN identities ON identities.id = events.identity
            WHERE (events.identity <> 0 OR events.person <> 0) AND (identities.id IS NULL OR identities.person <> events.person
                OR identities.account <> events.account)
            """
        ),
        (
            "traits of no identity",
            "traits WHERE NOT EXISTS (SELECT 1 FROM identities WHERE identities.id = traits.identity)"
        ),
        (
            "memberships of no identity or company",
            """
            memberships WHERE NOT EXISTS (SELECT 1 FROM identities WHERE identities.id = memberships.identity)
                OR NOT EXISTS (SELECT 1 FROM companies WHERE companies.id = memberships.company)
            """
        ),
        (
            "looked-up domains of no company",
            """
            sourcedDomains WHERE NOT EXISTS (SELECT 1 FROM companies WHERE companies.domain = sourcedDomains.domain)
            """
        ),
        (
            "persons of a company that is not there or another account's",
            """
            persons LEFT JOIN companies ON companies.id = persons.company
            WHERE persons.company IS NOT NULL AND companies.account IS NOT persons.account
            """
        ),
        (
            "histories of use of no identity",
            "useHistory WHERE NOT EXISTS (SELECT 1 FROM identities WHERE identities.id = useHistory.identity)"
        ),
        (
            "patterns on nobody",
            """
            patterns WHERE subjectKind = 1 AND NOT EXISTS (SELECT 1 FROM persons WHERE persons.id = patterns.subject)
                OR subjectKind = 2 AND NOT EXISTS (SELECT 1 FROM companies WHERE companies.id = patterns.subject)
            """
        ),
    ]
}
