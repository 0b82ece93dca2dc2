import FastCGI
import Segment
import Spool
import Synchronization
import Telemetry

/// Everything that answers requests: routes them, checks who sends, hands events to the ``Intake``.
///
/// `handle` runs on the responder's worker threads; `apply` on any thread, at a reload.
final class Edge: Sendable {
    private let settings: Mutex<EdgeSettings>
    private let intake: Intake
    private let admin: AdminRoutes
    private let answering: Answering
    private let now: @Sendable () -> Timestamp

    init(
        settings: EdgeSettings,
        intake: Intake,
        admin: AdminRoutes,
        answering: Answering,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.settings = Mutex(settings)
        self.intake = intake
        self.admin = admin
        self.answering = answering
        self.now = now
    }

    /// Replaces the settings for all requests that begin from now on.
    func apply(_ settings: EdgeSettings) {
        self.settings.withLock { $0 = settings }
    }

    /// Answers one request, now or after its commit.
    func handle(_ request: Request, _ reply: Reply) {
        let exchange = Exchange(request: request, reply: reply, receivedAt: self.now())
        let settings = self.settings.withLock { $0 }
        if exchange.path.hasPrefix("/-/") {
            let isAllowed = settings.mayAdminister(
                request["REMOTE_ADDR"],
                isAdmitted: request["HYDRA_GATEWAY_ADMIT"] == "1"
            )
            self.admin.answer(exchange, isAllowed: isAllowed)
            return
        }
        // Only a GET can be JSONP: the query of a POST is not looked at.
        let hasData = exchange.method == "GET" && QueryString(exchange.query)?["data"] != nil
        switch Routing.resolve(method: exchange.method, path: exchange.path, hasData: hasData) {
        case .route(let route):
            self.answer(exchange, route: route, settings: settings)
        case .preflight:
            let answer = CORS.preflight(
                origin: exchange.origin,
                requestedHeaders: request["HTTP_ACCESS_CONTROL_REQUEST_HEADERS"]
            )
            self.answering.send(answer, to: exchange, record: exchange.record(path: "(preflight)"), cors: false)
        case .notFound:
            var record = exchange.record(path: Exchange.unknownPath)
            record.failure = ("not_found", "no such path")
            self.answering.send(.notFound, to: exchange, record: record)
        case .methodNotAllowed(let allow):
            var record = exchange.record(path: Exchange.unknownPath)
            record.failure = ("method_not_allowed", "the path knows only \(allow)")
            self.answering.send(.methodNotAllowed(allow: allow), to: exchange, record: record)
        }
    }

    private func answer(_ exchange: Exchange, route: Route, settings: EdgeSettings) {
        switch route {
        case .event, .clientEvent, .batch, .clientBatch, .pixel, .jsonp, .partner, .webhook:
            self.intake.take(exchange, route: route, settings: settings)
        case .metrics:
            // An SDK's telemetry about itself: acknowledged so that it does not send again, and dropped.
            self.answering.send(.success, to: exchange, record: exchange.record(path: route.label))
        case .settings(let key):
            self.answerSettings(exchange, key: key, route: route, settings: settings)
        }
    }

    /// The settings document; 404 for a key that is not ours, so that a mistyped key is seen at once.
    private func answerSettings(_ exchange: Exchange, key: String, route: Route, settings: EdgeSettings) {
        var record = exchange.record(path: route.label)
        guard let writeKey = WriteKey(key), let source = settings.sources.source(writeKey: writeKey), source.isEnabled
        else {
            record.failure = ("write_key_unknown", "no enabled source has the write key of the path")
            let answer = EdgeAnswer.failure(
                status: 404,
                code: "write_key_unknown",
                message: "No enabled source has this write key. Compare it with the gateway's configuration."
            )
            self.answering.send(answer, to: exchange, record: record)
            return
        }
        record.source = source.name
        let host = settings.publicHost ?? exchange.request["HTTP_HOST"].map { "\($0)/v1" } ?? "localhost/v1"
        self.answering.send(
            SettingsDocument.answer(writeKey: writeKey, apiHost: host),
            to: exchange,
            record: record,
            isOriginAllowed: source.origins.allows(exchange.origin)
        )
    }
}
