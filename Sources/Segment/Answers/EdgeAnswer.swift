import JSON

/// A whole HTTP answer of the edge, for the transport to send as it is.
///
/// A plain value; any thread. Facts: SDK routes answer exactly 200 or an error with a JSON object that has the strings
/// `code`, `message` and `error`, because SDKs resend on other 2xx, on bodies that are no JSON, and on 4xx whose JSON
/// lacks them.
package struct EdgeAnswer: Sendable {
    /// The HTTP status.
    package var status: Int
    /// Header lines in order, without `Status` and `Content-Length`.
    package var headers: [(String, String)]
    /// The body's bytes.
    package var body: [UInt8]

    /// An answer made of its parts.
    package init(status: Int, headers: [(String, String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// What every accepted request of an SDK gets.
    package static let success = EdgeAnswer(
        status: 200,
        headers: [("Content-Type", "application/json")],
        body: Array(#"{"success":true}"#.utf8)
    )

    /// A refusal in the shape that all SDKs can read.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - code: a bounded name, also for programs.
    ///   - message: a sentence for people; it stands under `message` and, for the Ruby SDK, under `error`.
    ///   - headers: more header lines.
    package static func failure(
        status: Int,
        code: String,
        message: String,
        headers: [(String, String)] = []
    ) -> EdgeAnswer {
        var writer = JSONWriter(reserving: 64 + 2 * message.utf8.count)
        writer.beginObject()
        writer.member("success", false)
        writer.member("code", code)
        writer.member("message", message)
        writer.member("error", message)
        writer.endObject()
        return EdgeAnswer(
            status: status,
            headers: [("Content-Type", "application/json")] + headers,
            body: writer.bytes
        )
    }

    /// The refusal of a whole request.
    package static func failure(_ rejection: EdgeRejection) -> EdgeAnswer {
        failure(status: rejection.status, code: rejection.code.rawValue, message: rejection.message)
    }

    /// 404 with JSON.
    package static let notFound = failure(
        status: 404,
        code: "not_found",
        message: "There is nothing at this path. Look at the path and its case."
    )

    /// 405 with JSON and the methods that the path knows.
    package static func methodNotAllowed(allow: String) -> EdgeAnswer {
        failure(
            status: 405,
            code: "method_not_allowed",
            message: "This path does not know that method, only \(allow).",
            headers: [("Allow", allow)]
        )
    }

    /// The longest wait that an answer asks for, in seconds: the SDKs cut it there.
    package static let maximumRetryAfter = 300

    /// Back-pressure: 429 with the headers that SDKs wait by. Both are in seconds; old browser SDKs read only
    /// `X-RateLimit-Reset`.
    package static func busy(retryAfterSeconds: Int, code: String, message: String) -> EdgeAnswer {
        let seconds = String(min(max(retryAfterSeconds, 1), maximumRetryAfter))
        return failure(
            status: 429,
            code: code,
            message: message,
            headers: [("Retry-After", seconds), ("X-RateLimit-Reset", seconds)]
        )
    }

    /// The answer to every pixel request, good or bad: mail clients show a broken image otherwise. Never cached, or
    /// the second opening of a mail would not be seen.
    package static let pixel = EdgeAnswer(
        status: 200,
        headers: [("Content-Type", "image/gif"), ("Cache-Control", "no-store, max-age=0")],
        body: PixelImage.gif
    )
}
