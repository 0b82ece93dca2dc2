import Dispatch
import FastCGI
import Segment
import Spool
import Telemetry

/// `/-/live-events`, its form, and the files that it loads: what passes through the gateway, for whoever runs it.
///
/// Worker threads; each look blocks for short reads of the spool and of the responders' files. Replaying has a thread of
/// its own, since it waits for the spool's commits.
final class LiveRoutes: Sendable {
    /// Where the page is.
    static let path = "/-/live-events"

    /// What pages may do: nothing comes from elsewhere, nothing is inline, nobody frames them.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    private let spool: any Spool
    private let figures: FiguresPublisher
    private let recorder: LiveRecorder
    private let protection: FormProtection
    private let templates: PageTemplates
    private let answering: Answering
    private let queue = QueueMemory()

    init(
        spool: any Spool,
        figures: FiguresPublisher,
        recorder: LiveRecorder,
        protection: FormProtection,
        templates: PageTemplates,
        answering: Answering
    ) {
        self.spool = spool
        self.figures = figures
        self.recorder = recorder
        self.protection = protection
        self.templates = templates
        self.answering = answering
    }

    /// Answers a path below `/-/` that is one of these; false when it is none. The client may see it.
    func answer(_ exchange: Exchange) -> Bool {
        switch exchange.path {
        case Self.path, "\(Self.path).json":
            guard exchange.isReading else { return self.refuse(exchange, allow: "GET, HEAD") }
            self.show(exchange)
        case "\(Self.path)/replay":
            guard exchange.method == "POST" else { return self.refuse(exchange, allow: "POST") }
            self.replay(exchange)
        default:
            guard let found = PageAsset.find(exchange.path) else { return false }
            guard exchange.isReading else { return self.refuse(exchange, allow: "GET, HEAD") }
            let answer = EdgeAnswer(
                status: 200,
                headers: [
                    ("Content-Type", found.asset.contentType),
                    ("Cache-Control", found.isExact ? "public, max-age=31536000, immutable" : "no-store"),
                ],
                body: found.asset.bytes
            )
            self.send(answer, exchange, path: "/-/assets/")
        }
        return true
    }

    private func refuse(_ exchange: Exchange, allow: String) -> Bool {
        self.send(.methodNotAllowed(allow: allow), exchange, path: "/-/live-events", failure: "method_not_allowed")
        return true
    }

    // MARK: Looking

    private func show(_ exchange: Exchange) {
        let query = QueryString(exchange.query)
        let asked = query?["dead"].flatMap { Int64($0) }
        let report: LiveReport
        do {
            report = try self.report(LiveFilter(query), asked: asked, at: exchange.receivedAt.milliseconds)
        } catch {
            let answer = EdgeAnswer.failure(
                status: 503,
                code: "spool_unreadable",
                message: "The spool cannot be read: \(error)"
            )
            self.send(answer, exchange, path: "/-/live-events", failure: "spool_unreadable")
            return
        }
        let noStore = ("Cache-Control", "no-store")
        if exchange.path.hasSuffix(".json") || exchange.query == "json" || query?["json"] != nil {
            let answer = EdgeAnswer(
                status: 200,
                headers: [("Content-Type", "application/json"), noStore],
                body: report.json
            )
            self.send(answer, exchange, path: "/-/live-events")
            return
        }
        let visitor = self.protection.visitor(cookies: exchange.request["HTTP_COOKIE"], isSecure: exchange.isSecure)
        let page = self.templates.page(
            report.page(
                LiveReport.PageFacts(
                    query: Self.lasting(query),
                    refreshes: query?["refresh"] != nil,
                    token: self.protection.token(for: visitor),
                    notice: query.flatMap(Self.notice),
                    asked: asked
                )
            )
        )
        var headers = [
            ("Content-Type", "text/html; charset=utf-8"), noStore,
            ("Content-Security-Policy", Self.contentSecurityPolicy),
        ]
        if visitor.isNew { headers.append(self.protection.setCookie(visitor, isSecure: exchange.isSecure)) }
        self.send(
            EdgeAnswer(status: 200, headers: headers, body: Array(page.utf8)),
            exchange,
            path: "/-/live-events"
        )
    }

    private func report(_ filter: LiveFilter, asked: Int64?, at now: Int64) throws -> LiveReport {
        let feeds = self.recorder.feeds(at: now, monotonic: MonotonicClock.nanoseconds())
        self.figures.publish()
        let statistics = try self.spool.statistics()
        self.queue.remember(QueueMemory.State(statistics, at: now))
        let status = StatusReport(
            spool: statistics,
            snapshots: self.figures.readAll(),
            configured: self.figures.sources.map(\.name),
            at: now
        )
        let dead = try DeadOverview(of: self.spool, count: statistics.dead, asking: asked)
        return LiveReport(
            feeds: feeds,
            status: status,
            queue: self.queue.newest(notAfter: feeds.map(\.writtenAt).min() ?? now),
            dead: dead,
            filter: filter
        )
    }

    /// The query's lasting part: filters, and whether to refresh; encoded anew from what was understood.
    private static func lasting(_ query: QueryString?) -> String {
        ["source", "stage", "type", "q", "refresh"].compactMap { name in
            guard let value = query?[name], !value.isEmpty else { return nil }
            return "\(name)=\(self.percentEncoded(value))"
        }.joined(separator: "&")
    }

    private static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// What the form that led here did; only a number comes from the address.
    private static func notice(_ query: QueryString) -> String? {
        guard let count = query["replayed"].flatMap({ UInt64($0) }) else { return nil }
        let calls = count == 1 ? "1 call was" : "\(Readable.count(count)) calls were"
        let rest = query["more"] == nil ? "" : " There are more: press again."
        return "\(calls) put back into the queue.\(rest)"
    }

    // MARK: Replaying

    private func replay(_ exchange: Exchange) {
        let request = exchange.request
        let isForm = request["CONTENT_TYPE"]?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
        let fields = isForm ? QueryString(String(decoding: request.body, as: UTF8.self)) : nil
        let refusal = self.protection.refusal(
            token: fields?["token"],
            cookies: request["HTTP_COOKIE"],
            isSecure: exchange.isSecure,
            origin: exchange.origin,
            fetchSite: request["HTTP_SEC_FETCH_SITE"],
            host: request["HTTP_HOST"],
            serverName: request["SERVER_NAME"]
        )
        guard refusal == nil, let what = fields?["what"].flatMap(DeadReplay.init) else {
            let code = (refusal ?? .badBody).rawValue
            let answer = EdgeAnswer(
                status: 403,
                headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
                body: Array(
                    """
                    Nothing was replayed (\(code)): the form is old or was sent from elsewhere.
                    Open \(Self.path) again and press the button there.

                    """.utf8
                )
            )
            self.send(answer, exchange, path: "/-/live-events/replay", failure: code)
            return
        }
        DispatchQueue.global().async { self.replay(what, exchange) }
    }

    private func replay(_ what: DeadReplay, _ exchange: Exchange) {
        var record = exchange.record(path: "/-/live-events/replay")
        let answer: EdgeAnswer
        do {
            let result = try what.run(on: self.spool)
            record.replayed = result.count
            let more = result.isPartial ? "&more=1" : ""
            answer = EdgeAnswer(
                status: 303,
                headers: [
                    ("Location", "\(Self.path)?replayed=\(result.count)\(more)#dead-title"),
                    ("Cache-Control", "no-store"),
                ],
                body: []
            )
        } catch {
            record.failure = ("replay_failed", "\(error)")
            answer = .failure(status: 503, code: "replay_failed", message: "The spool could not do it: \(error)")
        }
        self.answering.send(answer, to: exchange, record: record, cors: false)
    }

    private func send(_ answer: EdgeAnswer, _ exchange: Exchange, path: StaticString, failure: String? = nil) {
        var record = exchange.record(path: path)
        record.isRoutine = failure == nil
        if let failure { record.failure = (failure, "status \(answer.status)") }
        self.answering.send(answer, to: exchange, record: record, cors: false)
    }
}

extension Exchange {
    /// GET or HEAD.
    var isReading: Bool { self.method == "GET" || self.method == "HEAD" }

    /// Whether the browser came by TLS, as the front server says.
    var isSecure: Bool { self.request["HTTPS"]?.lowercased() == "on" || self.request["REQUEST_SCHEME"] == "https" }
}
