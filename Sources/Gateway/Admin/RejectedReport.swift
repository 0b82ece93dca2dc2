import JSON
import Spool
import Telemetry

/// Rejected events for a terminal or a script: what was wrong with them. A plain value.
package struct RejectedReport: Sendable {
    private let records: [RejectedRecord]

    init(_ records: [RejectedRecord]) {
        self.records = records
    }

    /// One line each.
    package var text: String {
        guard !self.records.isEmpty else { return "no rejected events" }
        return TextTable.lines(
            ["id", "received (UTC)", "source", "message id", "bytes", "reason"],
            self.records.map { record in
                [
                    String(record.id), StatusReport.time(record.event.receivedAt), record.event.source,
                    record.event.messageId ?? "-", String(record.rawBytes),
                    "\(record.event.code): \(record.event.message)",
                ]
            }
        ).joined(separator: "\n")
    }

    /// An array of objects; the events themselves are left out, `rejected show` has them.
    package var json: String {
        var writer = JSONWriter(reserving: 256 * (self.records.count + 1))
        writer.beginArray()
        for record in self.records {
            writer.beginObject()
            writer.member("id", record.id)
            writer.member("receivedAt", StatusReport.time(record.event.receivedAt))
            writer.member("source", record.event.source)
            if let messageId = record.event.messageId { writer.member("messageId", messageId) }
            writer.member("traceId", record.event.traceId)
            writer.member("bytes", Int64(record.rawBytes))
            writer.member("code", record.event.code)
            writer.member("message", record.event.message)
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Everything about one. Holds personal data: the event as it came.
    static func details(_ record: RejectedRecord) -> String {
        let cut = record.rawBytes > record.event.raw.count ? " (the first \(record.event.raw.count))" : ""
        return """
            id            \(record.id)
            source        \(record.event.source)
            message id    \(TerminalText.line(record.event.messageId ?? "none"))
            trace id      \(TerminalText.line(record.event.traceId))
            received      \(StatusReport.time(record.event.receivedAt))
            reason        \(record.event.code): \(TerminalText.line(record.event.message))
            bytes         \(record.rawBytes)\(cut)
            event         \(TerminalText.line(String(decoding: record.event.raw, as: UTF8.self)))
            """
    }
}
