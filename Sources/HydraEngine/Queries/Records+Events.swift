import Foundation
import GRDB
import Hydra
import JSON

extension Records {
    /// Names a person's events in their cursors: by the id that was asked for, which goes on working when the person is
    /// joined into another between two pages.
    static func eventsScope(id: String) -> String { "events \(id)" }

    /// A page of a person's tracked events, the newest first.
    func events(ofPerson person: Int64, scope: String, after cursor: Cursor?, limit: Int) throws -> [UInt8] {
        let rows = try self.rows(
            """
            SELECT id, timestamp, receivedAt, messageId, event, feature, eventFlag, body FROM events
            WHERE person = ?1 AND kind = ?2 AND account = ?3 AND (timestamp, id) < (?4, ?5)
            ORDER BY timestamp DESC, id DESC LIMIT ?6
            """,
            [
                person, CallKind.track.rawValue, self.account.id, cursor?.position ?? Int64.max,
                cursor?.row ?? Int64.max, limit + 1,
            ]
        )
        var page = Page(limit: limit)
        while let row = try rows.next() {
            if page.isFull { return page.finish(hasMore: true, scope: scope, salt: self.account.salt) }
            self.writeEvent(row, into: &page.writer)
            page.wrote(Cursor(position: row[1], row: row[0]))
        }
        return page.finish(hasMore: false, scope: scope, salt: self.account.salt)
    }

    private func writeEvent(_ row: Row, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("messageId", SQLText.read(row, 3) ?? "")
        writer.member("event", SQLText.read(row, 4) ?? "")
        writer.member("feature", optional: SQLText.read(row, 5))
        writer.member("eventFlag", EventFlag(stored: row[6] ?? 0).rawValue)
        writer.member("timestamp", Instant(milliseconds: row[1]).iso8601)
        writer.member("receivedAt", Instant(milliseconds: row[2]).iso8601)
        // The body was read when it was taken; spliced, so that numbers keep their digits.
        let body = try? self.parser.parse([UInt8](row[7] as Data)).root
        if let original = Self.originalTime(body, unless: Instant(milliseconds: row[1])) {
            writer.key("originalTimestamp")
            writer.raw(original)
        }
        writer.key("properties")
        if let properties = body?["properties"] {
            writer.raw(properties)
        } else {
            writer.beginObject()
            writer.endObject()
        }
        writer.endObject()
    }

    /// What the sender's clock said, where it is not the time that counts; as it was written.
    private static func originalTime(_ body: JSONValue?, unless time: Instant) -> JSONValue? {
        let original = body?["originalTimestamp"] ?? body?["timestamp"]
        guard let original, original.kind == .string || original.kind == .number,
            original.string.flatMap({ Instant(parsing: $0) }) != time
        else { return nil }
        return original
    }
}
