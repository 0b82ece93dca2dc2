import FastCGI
import Segment
import Spool
import Telemetry

/// `/-/live`, `/-/ready`, `/-/metrics`, `/-/status`, `/-/live-events`: for administrators and machines; nginx lets only
/// loopback in.
///
/// Worker threads. Every responder answers for all of them, from the figures that each leaves beside the spool.
final class AdminRoutes: Sendable {
    private let spool: any Spool
    private let figures: FiguresPublisher
    private let live: LiveRoutes
    private let configured: @Sendable () -> [String]
    private let answering: Answering

    /// - Parameter configured: the names of the configured sources, asked at each request because a reload changes them.
    init(
        spool: any Spool,
        figures: FiguresPublisher,
        live: LiveRoutes,
        configured: @escaping @Sendable () -> [String],
        answering: Answering
    ) {
        self.spool = spool
        self.figures = figures
        self.live = live
        self.configured = configured
        self.answering = answering
    }

    /// - Parameter isAllowed: whether the client may see these pages; others are told what a wrong path is told.
    func answer(_ exchange: Exchange, isAllowed: Bool) {
        guard isAllowed else {
            self.send(.notFound, exchange, path: "/-/", failure: "not_allowed")
            return
        }
        if self.live.answer(exchange) { return }
        guard exchange.isReading else {
            self.send(.methodNotAllowed(allow: "GET, HEAD"), exchange, path: "/-/", failure: "method_not_allowed")
            return
        }
        switch exchange.path {
        case "/-/live":
            self.send(Self.text("live\n"), exchange, path: "/-/live")
        case "/-/ready":
            self.ready(exchange)
        case "/-/metrics":
            let text = self.figures.prometheusText(spool: self.spool)
            self.send(
                EdgeAnswer(status: 200, headers: [("Content-Type", PrometheusText.contentType)], body: text),
                exchange,
                path: "/-/metrics"
            )
        case "/-/status":
            self.status(exchange)
        default:
            self.send(.notFound, exchange, path: "/-/", failure: "not_found")
        }
    }

    /// No while the spool refuses, or would refuse the next call, so that a balancer in front sends elsewhere. It looks at
    /// the disk itself: on a responder without requests nobody else would.
    private func ready(_ exchange: Exchange) {
        guard let refusing = self.spool.look() else {
            self.send(Self.text("ready\n"), exchange, path: "/-/ready")
            return
        }
        let answer = EdgeAnswer.failure(
            status: 503,
            code: "spool_\(refusing.code.rawValue)",
            message: refusing.message,
            headers: [("Retry-After", String(max(1, refusing.retryAfterSeconds)))]
        )
        self.send(answer, exchange, path: "/-/ready", failure: refusing.code.rawValue)
    }

    private func status(_ exchange: Exchange) {
        self.figures.publish()
        let report: StatusReport
        do {
            report = StatusReport(
                spool: try self.spool.statistics(),
                snapshots: self.figures.readAll(),
                configured: self.configured(),
                at: exchange.receivedAt.milliseconds
            )
        } catch {
            let answer = EdgeAnswer.failure(
                status: 503,
                code: "spool_unreadable",
                message: "The spool cannot be read: \(error)"
            )
            self.send(answer, exchange, path: "/-/status", failure: "spool_unreadable")
            return
        }
        let isJSON = QueryString(exchange.query)?["json"] != nil || exchange.query == "json"
        let noStore = ("Cache-Control", "no-store")
        let answer =
            isJSON
            ? EdgeAnswer(
                status: 200,
                headers: [("Content-Type", "application/json"), noStore],
                body: report.jsonBytes
            )
            : EdgeAnswer(
                status: 200,
                headers: [
                    ("Content-Type", "text/html; charset=utf-8"), noStore,
                    ("Content-Security-Policy", LiveRoutes.contentSecurityPolicy),
                ],
                body: Array(report.html.utf8)
            )
        self.send(answer, exchange, path: "/-/status")
    }

    private static func text(_ body: String) -> EdgeAnswer {
        EdgeAnswer(
            status: 200,
            headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
            body: Array(body.utf8)
        )
    }

    private func send(_ answer: EdgeAnswer, _ exchange: Exchange, path: StaticString, failure: String? = nil) {
        var record = exchange.record(path: path)
        record.isRoutine = failure == nil
        if let failure { record.failure = (failure, "status \(answer.status)") }
        self.answering.send(answer, to: exchange, record: record, cors: false)
    }
}
