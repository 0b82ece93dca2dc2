import Hydra
import JSON
import Spool
import Telemetry

/// Dead letters for a terminal or a script. A plain value.
package struct DeadLetterReport: Sendable {
    private let letters: [DeadLetter]

    init(_ letters: [DeadLetter]) {
        self.letters = letters
    }

    /// One line each.
    package var text: String {
        guard !self.letters.isEmpty else { return "no dead letters" }
        return TextTable.lines(
            ["id", "given up (UTC)", "source", "type", "message id", "attempts", "status", "reason"],
            self.letters.map { letter in
                [
                    String(letter.id), StatusReport.time(letter.reason.at), letter.call.source,
                    Self.kind(letter), letter.call.messageId, String(letter.reason.attempts),
                    letter.reason.status.map { String($0) } ?? "-", "\(letter.reason.code): \(letter.reason.message)",
                ]
            }
        ).joined(separator: "\n")
    }

    /// An array of objects; the calls' bodies are left out, `dead show` has them.
    package var json: String {
        var writer = JSONWriter(reserving: 256 * (self.letters.count + 1))
        writer.beginArray()
        for letter in self.letters {
            writer.beginObject()
            writer.member("id", letter.id)
            writer.member("at", StatusReport.time(letter.reason.at))
            writer.member("source", letter.call.source)
            writer.member("type", Self.kind(letter))
            writer.member("messageId", letter.call.messageId)
            writer.member("traceId", letter.call.traceId)
            writer.member("receivedAt", StatusReport.time(letter.call.receivedAt))
            writer.member("attempts", Int64(letter.reason.attempts))
            writer.key("status")
            if let status = letter.reason.status {
                writer.value(Int64(status))
            } else {
                writer.null()
            }
            writer.member("code", letter.reason.code)
            writer.member("message", letter.reason.message)
            writer.endObject()
        }
        writer.endArray()
        return TerminalText.json(String(decoding: writer.bytes, as: UTF8.self))
    }

    /// Everything about one. Holds personal data: the call as Hydra would get it.
    static func details(_ letter: DeadLetter) -> String {
        """
        id            \(letter.id)
        source        \(TerminalText.line(letter.call.source))
        type          \(self.kind(letter))
        message id    \(TerminalText.line(letter.call.messageId))
        trace id      \(TerminalText.line(letter.call.traceId))
        received      \(StatusReport.time(letter.call.receivedAt))
        given up      \(StatusReport.time(letter.reason.at)) after \(letter.reason.attempts) attempts
        reason        \(TerminalText.line("\(letter.reason.code): \(letter.reason.message)"))
        last status   \(letter.reason.status.map { String($0) } ?? "none")
        last answer   \(TerminalText.line(letter.reason.answer))
        call          \(TerminalText.line(String(decoding: letter.call.body, as: UTF8.self)))
        """
    }

    private static func kind(_ letter: DeadLetter) -> String {
        CallKind(rawValue: letter.call.kind)?.name ?? "?"
    }
}
