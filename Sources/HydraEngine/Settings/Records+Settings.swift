import GRDB
import JSON

/// Answers about keys and connected sources.
extension Records {
    /// Keys and sources of an answer, at most: an account has a handful.
    private static let maximumItems = 1000

    /// - Parameter current: the key that the request came with, if it came with one.
    func keys(current: KeyHash?) throws -> [UInt8] {
        let rows = try self.rows(
            """
            SELECT id, name, hint, createdAt, validUntil, hash IS ?2 FROM apiKeys WHERE account = ?1 ORDER BY id LIMIT ?3
            """,
            [self.account.id, current?.data, Self.maximumItems]
        )
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        while let row = try rows.next() {
            writer.beginObject()
            writer.member("id", KeyEndpoint.publicID(row[0], self.account))
            writer.member("name", row[1] as String)
            writer.member("masked", KeyStore.masked(row[2]))
            writer.member("createdAt", Instant(milliseconds: row[3]).iso8601)
            writer.member("validUntil", optional: (row[4] as Int64?).map { Instant(milliseconds: $0).iso8601 })
            writer.member("isCurrent", row[5] as Bool)
            writer.endObject()
        }
        writer.endArray()
        writer.nullMember("nextCursor")
        writer.endObject()
        return writer.bytes
    }

    /// The sources that ever sent, by name.
    func sources() throws -> [UInt8] {
        let rows = try self.rows(
            """
            SELECT name, firstAt, lastAt, identifies, tracks, timesAhead, timesUnset, sentAtsIgnored FROM sources
            WHERE account = ? ORDER BY name LIMIT ?
            """,
            [self.account.id, Self.maximumItems]
        )
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        while let row = try rows.next() {
            writer.beginObject()
            writer.member("name", SQLText.read(row, 0) ?? "")
            writer.member("firstEventAt", Instant(milliseconds: row[1]).iso8601)
            writer.member("lastEventAt", Instant(milliseconds: row[2]).iso8601)
            writer.member("identifies", row[3] as Int64)
            writer.member("tracks", row[4] as Int64)
            writer.key("clockFaults")
            writer.beginObject()
            writer.member("ahead", row[5] as Int64)
            writer.member("unset", row[6] as Int64)
            writer.member("sentAt", row[7] as Int64)
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
        writer.nullMember("nextCursor")
        writer.endObject()
        return writer.bytes
    }
}
