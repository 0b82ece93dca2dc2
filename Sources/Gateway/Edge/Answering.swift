import FastCGI
import Logging
import Metrics
import Segment
import Telemetry

/// The last step of every request: headers, reply, log line, metric.
///
/// Any thread.
final class Answering: Sendable {
    private let log: LogSink
    private let level: LogLevel
    private let metrics: EdgeMetrics

    init(log: LogSink, level: LogLevel, metrics: EdgeMetrics) {
        self.log = log
        self.level = level
        self.metrics = metrics
    }

    /// Sends `answer` and writes down what happened.
    ///
    /// - Parameters:
    ///   - cors: whether to add the header lines that let scripts read the answer.
    ///   - isOriginAllowed: whether the source knows the request's origin.
    func send(
        _ answer: EdgeAnswer,
        to exchange: Exchange,
        record: RequestRecord,
        cors: Bool = true,
        isOriginAllowed: Bool = true
    ) {
        self.send(
            answer,
            to: exchange.reply,
            origin: cors ? exchange.origin : nil,
            isOriginAllowed: isOriginAllowed,
            record: record
        )
    }

    /// The same for an answer that is given after the exchange's request was let go.
    func send(
        _ answer: EdgeAnswer,
        to reply: Reply,
        origin: String?,
        isOriginAllowed: Bool,
        record: RequestRecord
    ) {
        var headers = answer.headers
        if origin != nil { headers += CORS.replyHeaders(origin: origin, isAllowed: isOriginAllowed) }
        reply.send(Response(status: answer.status, headers: headers, body: answer.body))
        let now = MonotonicClock.nanoseconds()
        self.metrics.answered(path: record.path, status: answer.status, nanoseconds: now &- record.started)
        if let failure = record.failure { self.metrics.rejected(reason: failure.code) }
        guard self.level.isOn(record.level(status: answer.status)) else { return }
        self.log.write(record.line(status: answer.status, now: now))
    }

    /// Writes one line for an event that was not taken.
    func note(_ rejection: ItemRejection, source: String, traceId: String) {
        self.metrics.rejected(reason: rejection.code.rawValue)
        guard self.level.isOn(.warning) else { return }
        self.log.write(RequestRecord.line(rejected: rejection, source: source, traceId: traceId))
    }
}
