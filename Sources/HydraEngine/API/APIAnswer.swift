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

    static let unauthorized = APIAnswer.error(
        401,
        code: "unauthorized",
        message:
            "The API key is missing, not known here or no longer valid: give it as the user of Basic authentication.",
        headers: [("WWW-Authenticate", "Basic realm=\"hydra\"")]
    )

    static func notFound(_ message: String) -> APIAnswer {
        .error(404, code: "not_found", message: message)
    }

    static func badParameter(_ message: String) -> APIAnswer {
        .error(400, code: "bad_parameter", message: message)
    }
}
