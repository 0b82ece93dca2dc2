import Foundation
import GRDB
import JSON

/// The answer about ids that are nobody's, or too many people's.
extension Records {
    /// Values and ids of an answer, at most: those with the most calls, and the latest.
    private static let maximumIdentities = 200

    func identitySettings() throws -> [UInt8] {
        let rules = try IdentityRules.of(self.account.id, in: self.db)
        var writer = JSONWriter(reserving: 4096)
        writer.beginObject()
        self.write(rules.blocked, "blocked", into: &writer)
        self.write(rules.allowed, "allowed", into: &writer)
        self.write(NobodyWords.all.sorted(), "standardWords", into: &writer)
        writer.member("usersPerDevice", rules.usersPerDevice)
        writer.member("devicesPerUserWeek", rules.devicesPerWeek)
        try self.writeIgnored(into: &writer)
        try self.writeShared(into: &writer)
        writer.endObject()
        return writer.bytes
    }

    private func write(_ texts: [String], _ key: StaticString, into writer: inout JSONWriter) {
        writer.key(key)
        writer.beginArray()
        for text in texts { writer.value(text) }
        writer.endArray()
    }

    private func writeIgnored(into writer: inout JSONWriter) throws {
        let total = try self.row(
            "SELECT coalesce(sum(calls), 0) FROM ignoredIds WHERE account = ?",
            [self.account.id]
        )
        writer.member("ignoredCalls", total?[0] as Int64? ?? 0)
        writer.key("ignored")
        writer.beginArray()
        let rows = try self.rows(
            """
            SELECT source, member, value, calls, firstAt, lastAt FROM ignoredIds WHERE account = ?
            ORDER BY calls DESC, source, member, value LIMIT ?
            """,
            [self.account.id, Self.maximumIdentities]
        )
        while let row = try rows.next() {
            writer.beginObject()
            writer.member("source", SQLText.read(row, 0) ?? "")
            writer.member("member", row[1] == RecordKey.Kind.user.rawValue ? "userId" : "anonymousId")
            writer.member("value", SQLText.read(row, 2) ?? "")
            writer.member("calls", row[3] as Int64)
            writer.member("firstAt", Instant(milliseconds: row[4]).iso8601)
            writer.member("lastAt", Instant(milliseconds: row[5]).iso8601)
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeShared(into writer: inout JSONWriter) throws {
        writer.key("shared")
        writer.beginArray()
        let rows = try self.rows(
            """
            SELECT sharedIdentities.kind, value, others, firstAt, lastAt, persons.key FROM sharedIdentities
            JOIN identities ON identities.id = identity JOIN persons ON persons.id = identities.person
            WHERE sharedIdentities.account = ? ORDER BY lastAt DESC, identity LIMIT ?
            """,
            [self.account.id, Self.maximumIdentities]
        )
        while let row = try rows.next() {
            let isUser = row[0] == RecordKey.Kind.user.rawValue
            writer.beginObject()
            writer.member("member", isUser ? "userId" : "anonymousId")
            writer.member("value", SQLText.read(row, 1) ?? "")
            writer.member("person", RecordKey(bytes: row[5] as Data).map { PublicID.person($0) } ?? "")
            // Users of a device; devices of a user that were left apart.
            writer.member("others", row[2] as Int64)
            writer.member("firstAt", Instant(milliseconds: row[3]).iso8601)
            writer.member("lastAt", Instant(milliseconds: row[4]).iso8601)
            writer.endObject()
        }
        writer.endArray()
    }
}
