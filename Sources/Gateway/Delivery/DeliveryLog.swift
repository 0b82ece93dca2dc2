import Hydra
import Logging
import Metrics
import Relay
import Spool
import Telemetry

/// Writes one line for each attempt at Hydra, so that a messageId or a trace id leads from the edge to its answer.
///
/// Called from any task; never blocks.
final class DeliveryLog: RelayObserver {
    private let log: LogSink
    private let level: LogLevel
    private let duration: Metrics.Timer
    private let age: Metrics.Timer
    private let journal: EventJournal?

    /// - Parameter journal: is told of every attempt, for those who watch; nil in a process that nobody can ask.
    init(log: LogSink, level: LogLevel, factory: any MetricsFactory, journal: EventJournal?) {
        self.journal = journal
        self.log = log
        self.level = level
        self.duration = Metrics.Timer(label: "hydra_gateway_delivery_duration_seconds", factory: factory)
        self.age = Metrics.Timer(label: "hydra_gateway_delivery_age_seconds", factory: factory)
    }

    func attempted(
        call: StoredCall,
        destination: Destination,
        answer: Answer,
        duration: UInt64,
        willRetryAt: Int64?
    ) {
        self.duration.recordNanoseconds(Int64(clamping: duration))
        let now = WallClock.milliseconds()
        if case .done = answer { self.age.recordMilliseconds(max(0, now &- call.receivedAt)) }
        self.journal?.attempted(call, answer: answer, nanoseconds: duration, willRetryAt: willRetryAt, at: now)
        let level = self.level(of: answer, willRetryAt: willRetryAt)
        guard self.level.isOn(level) else { return }
        var line = LogLine(level: level, message: "call", action: "deliver", dataset: "hydra-gateway")
        line.add(FieldName.eventDuration, duration)
        line.add(FieldName.traceID, call.traceId)
        line.add(FieldName.source, call.source)
        line.add(FieldName.messageID, call.messageId)
        line.add(FieldName.callType, CallKind(rawValue: call.kind)?.name)
        line.add(FieldName.attempt, call.attempts + 1)
        line.add("labels.call_id", call.id)
        line.add(FieldName.destination, destination.endpoint.url)
        switch answer {
        case .done(let status):
            line.add(FieldName.eventOutcome, "success" as StaticString)
            line.add(FieldName.responseStatus, status)
        case .refused(let status, let code, let message):
            line.add(FieldName.eventOutcome, "failure" as StaticString)
            line.add(FieldName.responseStatus, status)
            line.add("labels.next", "dead_letter" as StaticString)
            line.add(FieldName.errorType, code)
            line.add(FieldName.errorMessage, message)
        case .unauthorized(let status, let message):
            line.add(FieldName.eventOutcome, "failure" as StaticString)
            line.add(FieldName.responseStatus, status)
            line.add("labels.next", "paused" as StaticString)
            line.add(FieldName.errorType, "unauthorized" as StaticString)
            line.add(FieldName.errorMessage, message)
        case .retry(let status, let reason, let message, _):
            line.add(FieldName.eventOutcome, "failure" as StaticString)
            if let status { line.add(FieldName.responseStatus, status) }
            if let willRetryAt {
                line.add("labels.next", "retry" as StaticString)
                line.add("labels.retry_in_ms", max(0, willRetryAt &- WallClock.milliseconds()))
            } else {
                line.add("labels.next", "dead_letter" as StaticString)
            }
            line.add(FieldName.errorType, reason)
            line.add(FieldName.errorMessage, message)
        }
        self.log.write(line.finish())
    }

    func stateChanged(_ destination: Destination, from: DestinationState, to: DestinationState) {
        let level: Logger.Level = to.isBlocked ? .error : .notice
        guard self.level.isOn(level) else { return }
        var line = LogLine(
            level: level,
            message: "destination changed its state",
            action: "destination",
            dataset: "hydra-gateway"
        )
        line.add(FieldName.destination, destination.endpoint.url)
        line.add("labels.key", KeyLabel.text(destination.endpoint.apiKey))
        line.add("labels.from", from.rawValue)
        line.add("labels.to", to.rawValue)
        line.add(FieldName.eventReason, to.advice)
        self.log.write(line.finish())
    }

    private func level(of answer: Answer, willRetryAt: Int64?) -> Logger.Level {
        switch answer {
        case .done: .info
        case .refused: .error
        case .unauthorized: .error
        case .retry: willRetryAt == nil ? .error : .warning
        }
    }
}
