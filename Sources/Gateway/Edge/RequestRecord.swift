import Logging
import Segment
import Telemetry

/// What the log says about one request: filled while it is handled, written when it is answered.
///
/// A value; holds counts, ids and fixed words, never anything that a client typed except the messageId.
struct RequestRecord: Sendable {
    let traceId: String
    let method: String
    let path: StaticString
    /// When the first byte was seen, nanoseconds of the monotonic clock.
    let started: UInt64
    var source: String?
    /// Of a single event.
    var messageId: String?
    var type: EventType?
    var bodyBytes = 0
    var accepted = 0
    var duplicates = 0
    var rejected = 0
    var filtered = 0
    var unsupported = 0
    /// Dead letters that the request put back into the queue.
    var replayed: Int?
    var wasRepaired = false
    /// A health check or a page of an administrator: below the default log level, since it comes every second.
    var isRoutine = false
    /// Why the request was refused: a bounded code and a sentence.
    var failure: (code: String, message: String)?

    /// The line for an answer of this status.
    func line(status: Int, now: UInt64) -> [UInt8] {
        let isFailure = status >= 400
        var line = LogLine(
            level: self.level(status: status),
            message: "request",
            action: "intake",
            dataset: "hydra-gateway"
        )
        line.add(FieldName.eventOutcome, isFailure ? "failure" as StaticString : "success")
        line.add(FieldName.eventDuration, now > self.started ? now - self.started : 0)
        line.add(FieldName.traceID, self.traceId)
        line.add(FieldName.requestMethod, self.method)
        line.add(FieldName.urlPath, self.path)
        line.add(FieldName.responseStatus, status)
        line.add(FieldName.requestBodyBytes, self.bodyBytes)
        line.add(FieldName.source, self.source)
        line.add(FieldName.messageID, self.messageId)
        line.add(FieldName.callType, self.type?.rawValue)
        if self.accepted > 0 { line.add("labels.accepted", self.accepted) }
        if self.duplicates > 0 { line.add("labels.duplicates", self.duplicates) }
        if self.rejected > 0 { line.add("labels.rejected", self.rejected) }
        if self.filtered > 0 { line.add("labels.filtered", self.filtered) }
        if self.unsupported > 0 { line.add("labels.unsupported", self.unsupported) }
        if let replayed { line.add("labels.replayed", replayed) }
        if self.wasRepaired { line.add("labels.repaired", true) }
        if let failure {
            line.add(FieldName.errorType, failure.code)
            line.add(FieldName.errorMessage, failure.message)
        }
        return line.finish()
    }

    /// How loud the line for an answer of this status is.
    func level(status: Int) -> Logger.Level {
        if self.isRoutine { return .debug }
        if status >= 500 { return .error }
        return status >= 400 || self.rejected > 0 ? .warning : .info
    }

    /// One line for each event that was not taken, so that its messageId can be found.
    static func line(rejected rejection: ItemRejection, source: String, traceId: String) -> [UInt8] {
        var line = LogLine(
            level: .warning,
            message: "event rejected",
            action: "reject",
            dataset: "hydra-gateway"
        )
        line.add(FieldName.eventOutcome, "failure" as StaticString)
        line.add(FieldName.traceID, traceId)
        line.add(FieldName.source, source)
        line.add(FieldName.messageID, rejection.messageId)
        line.add("labels.index", rejection.index)
        line.add(FieldName.errorType, rejection.code.rawValue)
        line.add(FieldName.errorMessage, rejection.message)
        return line.finish()
    }
}
