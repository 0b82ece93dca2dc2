/// An HTTP request as the web server hands it over: free of any protocol between the two.
///
/// A value; any thread.
package struct APIRequest: Sendable {
    package let method: String
    /// As the client sent it: still percent-encoded, without the query.
    package let path: String
    /// Without the `?`; empty if there is none.
    package let query: String
    /// The `Authorization` header.
    package let authorization: String?
    /// The `Idempotency-Key` header.
    package let idempotencyKey: String?
    /// Leads through the logs; see ``RequestID``.
    package let requestID: String
    package let body: [UInt8]
    /// The body was longer than the server reads and was dropped.
    package let bodyExceedsLimit: Bool
    package let browser: Browser
    /// Whether somebody still waits for the answer.
    package let isWanted: @Sendable () -> Bool
    /// CLOCK_MONOTONIC in nanoseconds when the request's first byte was seen.
    package let started: UInt64

    package init(
        method: String,
        path: String,
        query: String = "",
        authorization: String? = nil,
        idempotencyKey: String? = nil,
        requestID: String,
        body: [UInt8] = [],
        bodyExceedsLimit: Bool = false,
        browser: Browser = Browser(),
        isWanted: @escaping @Sendable () -> Bool = { true },
        started: UInt64 = MonotonicClock.now()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.authorization = authorization
        self.idempotencyKey = idempotencyKey
        self.requestID = requestID
        self.body = body
        self.bodyExceedsLimit = bodyExceedsLimit
        self.browser = browser
        self.isWanted = isWanted
        self.started = started
    }

    /// Whether it changes nothing.
    var isRead: Bool { self.method == "GET" || self.method == "HEAD" }
}
