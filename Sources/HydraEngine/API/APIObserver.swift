/// Is told what was answered: for logs and metrics. Called on the threads that answer; must not block.
package protocol APIObserver: Sendable {
    /// Once for each call of the API that was judged, alone or in a batch.
    func handled(_ call: HandledCall)
    /// Once for each request but single calls, which ``handled(_:)`` tells of.
    func answered(_ request: AnsweredRequest)
}

/// What became of one call. Nothing in it is personal.
package struct HandledCall: Sendable {
    package let requestID: String
    package let messageId: String?
    /// `identify` or `track`; nil if that could not be read.
    package let type: String?
    package let source: String?
    package let status: Int
    /// `accepted`, `duplicate`, or ``CallProblem/Code``.
    package let code: String
    /// Nanoseconds from the request's first byte to its answer.
    package let duration: UInt64
    /// Whether it came in a batch.
    package let isBatched: Bool
}

/// How one request ended.
package struct AnsweredRequest: Sendable {
    package let requestID: String
    package let method: String
    /// Of a bounded set; nil for a path that is none of ours.
    package let route: String?
    /// Without the query, which may hold e-mails.
    package let path: String
    package let status: Int
    /// What is wrong; nil where nothing is.
    package let code: String?
    /// Nanoseconds from the request's first byte to its answer.
    package let duration: UInt64

    package init(
        requestID: String,
        method: String,
        route: String?,
        path: String,
        status: Int,
        code: String?,
        duration: UInt64
    ) {
        self.requestID = requestID
        self.method = method
        self.route = route
        self.path = path
        self.status = status
        self.code = code
        self.duration = duration
    }
}

/// Is told nothing.
struct SilentObserver: APIObserver {
    func handled(_ call: HandledCall) {}
    func answered(_ request: AnsweredRequest) {}
}
