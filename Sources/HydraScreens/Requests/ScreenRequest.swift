import HydraEngine

/// A visitor's request as the web server hands it over: free of any protocol between the two.
///
/// A value; any thread.
package struct ScreenRequest: Sendable {
    package var method: String
    /// As the client sent it: still percent-encoded, without the query.
    package var path: String
    /// Without the `?`; empty if there is none.
    package var query: String
    package var headers: Headers
    /// The visitor's address: attempts to sign in are counted by it.
    package var address: String
    /// Leads through the logs; see ``RequestID``.
    package var requestID: String
    package var body: [UInt8]
    /// The body was longer than the server reads and was dropped.
    package var bodyExceedsLimit: Bool
    /// CLOCK_MONOTONIC in nanoseconds when the request's first byte was seen.
    package var started: UInt64

    /// The headers that the pages look at.
    package struct Headers: Sendable {
        package var cookie: String?
        package var host: String?
        package var origin: String?
        package var fetchSite: String?
        package var contentType: String?

        package init(
            cookie: String? = nil,
            host: String? = nil,
            origin: String? = nil,
            fetchSite: String? = nil,
            contentType: String? = nil
        ) {
            self.cookie = cookie
            self.host = host
            self.origin = origin
            self.fetchSite = fetchSite
            self.contentType = contentType
        }
    }

    package init(
        method: String,
        path: String,
        query: String = "",
        headers: Headers = Headers(),
        address: String,
        requestID: String,
        body: [UInt8] = [],
        bodyExceedsLimit: Bool = false,
        started: UInt64 = MonotonicClock.now()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.address = address
        self.requestID = requestID
        self.body = body
        self.bodyExceedsLimit = bodyExceedsLimit
        self.started = started
    }

    /// Nanoseconds since the request's first byte.
    var duration: UInt64 {
        let now = MonotonicClock.now()
        return now > self.started ? now - self.started : 0
    }

    /// Whether the browser says that the request comes from one of our own pages, or from its user alone (a page that was
    /// loaded again). A client that says nothing of it is none that could be made to send a form against its owner's will.
    var isFromOwnPage: Bool {
        if let site = self.headers.fetchSite { return site == "same-origin" || site == "none" }
        guard let origin = self.headers.origin else { return true }
        return self.headers.host.map { origin == "https://\($0)" } ?? false
    }
}
