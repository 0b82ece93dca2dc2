import GRDB
import HydraDataPoints
import JSON

/// The answer about network sources.
extension Records {
    /// Counts domains of this account's companies alone, in the sources that it has switched on.
    func sourcing(now: Instant) throws -> [UInt8] {
        let settings = try SourcingSettings.of(self.account.id, in: self.db)
        let mine = """
            sourcedDomains WHERE domain IN (SELECT domain FROM companies WHERE account = ?1 AND domain IS NOT NULL)
                AND CASE source WHEN 'dns' THEN ?2 ELSE ?3 END
            """
        let counts = try self.row(
            """
            SELECT count(DISTINCT CASE WHEN expiresAt <= ?4 THEN domain END),
                count(DISTINCT CASE WHEN triedAt IS NOT NULL THEN domain END),
                count(DISTINCT CASE WHEN points IS NOT NULL THEN domain END)
            FROM \(mine)
            """,
            [self.account.id, settings.dns, settings.homePage, now.milliseconds]
        )
        let failure = try self.row(
            "SELECT domain, source, error, triedAt FROM \(mine) AND error IS NOT NULL ORDER BY triedAt DESC LIMIT 1",
            [self.account.id, settings.dns, settings.homePage]
        )
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.member("dns", settings.dns)
        writer.member("homePage", settings.homePage)
        writer.member("waiting", (counts?[0] as Int64?) ?? 0)
        writer.member("lookedUp", (counts?[1] as Int64?) ?? 0)
        writer.member("cachedDomains", (counts?[2] as Int64?) ?? 0)
        if let failure {
            writer.key("lastError")
            writer.beginObject()
            writer.member("domain", failure[0] as String)
            writer.member("source", failure[1] as String)
            writer.member("message", failure[2] as String)
            writer.member("time", Instant(milliseconds: failure[3]).iso8601)
            writer.endObject()
        } else {
            writer.nullMember("lastError")
        }
        writer.endObject()
        return writer.bytes
    }
}
