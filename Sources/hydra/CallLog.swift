import HydraEngine
import Logging
import Telemetry

/// Writes a log line for each call and for each other request of the API.
///
/// Ids, kinds and outcomes only: no trait, property, e-mail or key is known here. Any thread; never blocks.
struct CallLog: APIObserver {
    static let dataset: StaticString = "hydra"

    let sink: LogSink
    /// Less severe lines are not written.
    let level: Logger.Level

    func handled(_ call: HandledCall) {
        let level = Self.level(call.status, otherwise: .info)
        guard level >= self.level else { return }
        var line = LogLine(level: level, message: "call", action: "hydra.call", dataset: Self.dataset)
        line.add(FieldName.traceID, call.requestID)
        line.add(FieldName.eventOutcome, call.status < 400 ? "success" : "failure")
        line.add(FieldName.eventDuration, call.duration)
        line.add(FieldName.responseStatus, call.status)
        line.add(FieldName.messageID, call.messageId)
        line.add(FieldName.callType, call.type)
        line.add(FieldName.source, call.source)
        line.add("labels.result", call.code)
        line.add("labels.batched", call.isBatched)
        self.sink.write(line.finish())
    }

    func answered(_ request: AnsweredRequest) {
        // Asked every few seconds by whoever watches.
        let isProbe = request.route == "live" || request.route == "ready"
        let level = Self.level(request.status, otherwise: isProbe ? .debug : .info)
        guard level >= self.level else { return }
        var line = LogLine(level: level, message: "request", action: "hydra.request", dataset: Self.dataset)
        line.add(FieldName.traceID, request.requestID)
        line.add(FieldName.eventOutcome, request.status < 400 ? "success" : "failure")
        line.add(FieldName.eventDuration, request.duration)
        line.add(FieldName.requestMethod, request.method)
        line.add(FieldName.urlPath, request.path)
        line.add(FieldName.responseStatus, request.status)
        line.add("labels.route", request.route)
        line.add(FieldName.errorCode, request.code)
        self.sink.write(line.finish())
    }

    private static func level(_ status: Int, otherwise: Logger.Level) -> Logger.Level {
        switch status {
        case 500...: .error
        case 400...: .warning
        default: otherwise
        }
    }
}
