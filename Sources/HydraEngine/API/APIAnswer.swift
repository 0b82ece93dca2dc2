import JSON

/// What is answered to an ``APIRequest``.
///
/// A value; any thread.
package struct APIAnswer: Sendable {
    package let status: Int
    package var headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// For the log: what is wrong; nil where nothing is.
    package let code: String?

    init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8], code: String? = nil) {
        self.status = status
        self.headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")] + headers
        self.body = body
        self.code = code
    }

    static func json(_ body: [UInt8]) -> APIAnswer {
        APIAnswer(status: 200, body: body)
    }

    /// `{"code":"…","message":"…"}`.
    static func error(
        _ status: Int,
        code: String,
        message: String,
        headers: [(name: String, value: String)] = []
    ) -> APIAnswer {
        var writer = JSONWriter(reserving: 128)
        writer.beginObject()
        writer.member("code", code)
        writer.member("message", message)
        writer.endObject()
        return APIAnswer(status: status, headers: headers, body: writer.bytes, code: code)
    }

    static func error(_ problem: CallProblem) -> APIAnswer {
        let isTemporary = problem.status == 503
        return .error(
            problem.status,
            code: problem.code.rawValue,
            message: problem.message,
            headers: isTemporary ? [("Retry-After", "\(EngineLimits.retryAfterSeconds)")] : []
        )
    }

    /// - Parameter isBrowser: a browser is not asked: it would remember the key and add it to what other sites send.
    static func unauthorized(isBrowser: Bool) -> APIAnswer {
        .error(
            401,
            code: "unauthorized",
            message:
                "The API key is missing, not known here or no longer valid: give it as the user of Basic authentication.",
            headers: [("WWW-Authenticate", isBrowser ? "APIKey realm=\"hydra\"" : "Basic realm=\"hydra\"")]
        )
    }

    /// More waits for an answer than will be answered in time.
    static let busy = APIAnswer.error(
        429,
        code: "too_many_requests",
        message: "Too many requests of this account wait already; ask again in a moment.",
        headers: [("Retry-After", "1")]
    )

    static func error(_ problem: BudgetProblem) -> APIAnswer {
        switch problem {
        case .spent:
            .error(
                503,
                code: "too_expensive",
                message: "This takes longer than one request may: ask for less, with a filter or without a search text."
            )
        case .clientGone:
            .error(499, code: "client_gone", message: "Nobody waits for this answer any more.")
        }
    }

    static func notFound(_ message: String) -> APIAnswer {
        .error(404, code: "not_found", message: message)
    }

    static func badParameter(_ message: String) -> APIAnswer {
        .error(400, code: "bad_parameter", message: message)
    }
}
