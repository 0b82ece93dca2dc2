import GRDB
import HydraDataPoints
import JSON

/// The answer about network sources.
extension Records {
    /// Counts domains of this account's companies alone, in the sources that it has switched on.
    func sourcing(now: Instant) throws -> [UInt8] {
        let settings = try SourcingSettings.of(self.account.id, in: self.db)
        let mine = """
            (SELECT DISTINCT domain FROM companies WHERE account = ?1 AND domain IS NOT NULL) AS mine
            CROSS JOIN sourcedDomains AS known
                ON known.domain = mine.domain AND CASE source WHEN 'dns' THEN ?2 ELSE ?3 END
            """
        let counts = try self.row(
            """
            SELECT sum(isDue), sum(isTried), sum(isKnown), max(failedAt) FROM (
                SELECT max(expiresAt <= ?4) AS isDue, max(triedAt IS NOT NULL) AS isTried,
                    max(points IS NOT NULL) AS isKnown, max(CASE WHEN error IS NOT NULL THEN triedAt END) AS failedAt
                FROM \(mine) GROUP BY mine.domain)
            """,
            [self.account.id, settings.dns, settings.homePage, now.milliseconds]
        )
        let failure = try (counts?[3] as Int64?).flatMap { failedAt in
            try self.row(
                """
                SELECT known.domain, source, error, triedAt FROM \(mine)
                WHERE error IS NOT NULL AND triedAt = ?4 ORDER BY known.domain, source LIMIT 1
                """,
                [self.account.id, settings.dns, settings.homePage, failedAt]
            )
        }
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
