/// An answer: status, headers, body.
///
/// Threads: all; a value.
package struct Response: Sendable {
    /// 200 to 599; any other becomes 500. The reason phrase is added when the answer is printed.
    package let status: Int
    /// In this order. A name that is not an HTTP token, or a value with CR, LF or NUL, is dropped and counted
    /// (``ResponderFigures/droppedHeaders``); so is `Status`. Content-Length is added unless it is here.
    package let headers: [(String, String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = StatusLine.accepted.contains(status) ? status : StatusLine.fallback
        self.headers = headers
        self.body = body
    }

    /// A failure as the clients of this product expect it: `{"success":false,"code":…,"message":…,"error":…}`.
    ///
    /// The strings are written as they are: constants of ours, without quotes or control bytes.
    static func failure(status: Int, code: StaticString, message: StaticString) -> Response {
        let text = "{\"success\":false,\"code\":\"\(code)\",\"message\":\"\(message)\",\"error\":\"\(message)\"}"
        return Response(
            status: status,
            headers: [("Content-Type", "application/json")],
            body: Array(text.utf8)
        )
    }

    /// The answer to a request whose parameters (mostly its headers) are over the limit.
    static let parametersTooLong = Response.failure(
        status: 431,
        code: "headers_too_large",
        message: "The request's headers are too large. Send shorter headers or fewer of them."
    )

    /// The answer to a request that the handler has dropped.
    static let unanswered = Response.failure(
        status: 500,
        code: "internal_error",
        message: "The request was not answered because of an internal error. Send it again."
    )
}
