import FastCGI
import HydraEngine

/// Carries requests from FastCGI to the API and answers back. Any thread.
struct FastCGIAdapter: Sendable {
    let api: HydraAPI

    func handle(_ request: Request, _ reply: Reply) {
        let (path, query) = Self.target(request)
        let apiRequest = APIRequest(
            method: request["REQUEST_METHOD"] ?? "GET",
            path: path,
            query: query,
            authorization: request.header("HTTP_AUTHORIZATION"),
            idempotencyKey: request.header("HTTP_IDEMPOTENCY_KEY"),
            requestID: RequestID.accepted(request.header("HTTP_X_REQUEST_ID")),
            body: request.body,
            bodyExceedsLimit: request.bodyExceedsLimit,
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
