import FastCGI
import HydraEngine
import HydraScreens
import Telemetry

/// Carries requests from FastCGI to the API and the pages, and answers back. Any thread.
struct FastCGIAdapter: Sendable {
    let api: HydraAPI
    let screens: Screens
    let threads: APIThreads
    /// What making one page may take of a processor; several questions make a page.
    let pageTime: Duration
    let metrics: ServerMetrics

    func handle(_ request: Request, _ reply: Reply) {
        let (path, query) = Self.target(request)
        if path == "/-/metrics" {
            // Who may ask is the web server's business: this machine, in nginx/snippets/hydra-site.conf.
            reply.send(
                Response(
                    status: 200,
                    headers: [("Content-Type", PrometheusText.contentType), ("Cache-Control", "no-store")],
                    body: self.metrics.text
                )
            )
        } else if Screens.owns(path: path) {
            self.show(self.screenRequest(path: path, query: query, request), reply)
        } else {
            self.answer(path: path, query: query, request, reply)
        }
    }

    private func answer(path: String, query: String, _ request: Request, _ reply: Reply) {
        let apiRequest = APIRequest(
            method: request["REQUEST_METHOD"] ?? "GET",
            path: path,
            query: query,
            authorization: request.header("HTTP_AUTHORIZATION"),
            idempotencyKey: request.header("HTTP_IDEMPOTENCY_KEY"),
            requestID: RequestID.accepted(request.header("HTTP_X_REQUEST_ID")),
            body: request.body,
            bodyExceedsLimit: request.bodyExceedsLimit,
            browser: Browser(
                userAgent: request.header("HTTP_USER_AGENT"),
                host: request.header("HTTP_HOST"),
                origin: request.header("HTTP_ORIGIN"),
                fetchSite: request.header("HTTP_SEC_FETCH_SITE"),
                contentType: request.header("CONTENT_TYPE")
            ),
            isWanted: { reply.isWanted },
            started: request.started
        )
        self.api.answer(apiRequest) { answer in
            reply.send(
                Response(
                    status: answer.status,
                    headers: answer.headers.map { ($0.name, $0.value) },
                    body: answer.body
                )
            )
        }
    }

    /// Pages take their turns with the questions of the API.
    private func show(_ request: ScreenRequest, _ reply: Reply) {
        let isTaken = self.threads.questions.submit(
            .pages,
            isWanted: { reply.isWanted },
            dropped: { reply.send(Self.unavailable) },
            work: {
                RequestBudget(self.pageTime, isWanted: { reply.isWanted }).run {
                    self.screens.answer(request) { answer in
                        reply.send(
                            Response(
                                status: answer.status,
                                headers: answer.headers.map { ($0.name, $0.value) },
                                body: answer.body
                            )
                        )
                    }
                }
            }
        )
        if !isTaken { reply.send(Self.unavailable) }
    }

    private static let unavailable = Response(
        status: 503,
        headers: [("Content-Type", "text/plain"), ("Retry-After", "1")],
        body: Array("Too many pages are asked for; try again in a moment.".utf8)
    )

    private func screenRequest(path: String, query: String, _ request: Request) -> ScreenRequest {
        ScreenRequest(
            method: request["REQUEST_METHOD"] ?? "GET",
            path: path,
            query: query,
            headers: ScreenRequest.Headers(
                cookie: request.header("HTTP_COOKIE"),
                host: request.header("HTTP_HOST"),
                origin: request.header("HTTP_ORIGIN"),
                fetchSite: request.header("HTTP_SEC_FETCH_SITE"),
                contentType: request.header("CONTENT_TYPE")
            ),
            address: request["REMOTE_ADDR"] ?? "",
            requestID: RequestID.accepted(request.header("HTTP_X_REQUEST_ID")),
            body: request.body,
            bodyExceedsLimit: request.bodyExceedsLimit,
            started: request.started
        )
    }

    /// `REQUEST_URI` as the client sent it; web servers that do not give it give the decoded parts.
    private static func target(_ request: Request) -> (path: String, query: String) {
        if let uri = request["REQUEST_URI"], uri.hasPrefix("/") {
            let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        let path = (request["SCRIPT_NAME"] ?? "") + (request["PATH_INFO"] ?? "")
        return (path.isEmpty ? "/" : path, request["QUERY_STRING"] ?? "")
    }
}
