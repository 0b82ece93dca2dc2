import GRDB
import HydraDataPoints

/// Which sources an account has switched on. None until somebody does.
///
/// A value; any thread.
struct SourcingSettings: Sendable, Equatable {
    var dns = false
    var homePage = false

    var sources: Set<NetworkSource> {
        Set(NetworkSource.allCases.filter { $0 == .dns ? self.dns : self.homePage })
    }

    static func of(_ account: Int64, in db: Database) throws -> SourcingSettings {
        let statement = try db.cachedStatement(sql: "SELECT dns, homePage FROM sourcingSettings WHERE account = ?")
        guard let row = try Row.fetchOne(statement, arguments: [account]) else { return SourcingSettings() }
        return SourcingSettings(dns: row[0], homePage: row[1])
    }

    /// What somebody among the accounts that have a company with this domain wants to know.
    static func wanted(_ domain: String, in db: Database) throws -> Set<NetworkSource> {
        let statement = try db.cachedStatement(
            sql: """
                SELECT coalesce(max(dns), 0), coalesce(max(homePage), 0) FROM sourcingSettings
                JOIN companies ON companies.account = sourcingSettings.account WHERE companies.domain = ?
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [domain]) else { return [] }
        return SourcingSettings(dns: row[0], homePage: row[1]).sources
    }

    func write(for account: Int64, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO sourcingSettings (account, dns, homePage) VALUES (?, ?, ?)
                ON CONFLICT (account) DO UPDATE SET dns = excluded.dns, homePage = excluded.homePage
                """
        ).execute(arguments: [account, self.dns, self.homePage])
    }
}
