private import NIOHTTP1

/// A complete answer of Hydra, or of whatever stands at its address.
struct HTTPAnswer: Sendable {
    let status: Int
    /// The value of `Retry-After`.
    let retryAfter: String?
    /// The value of `Location`.
    let location: String?
    /// The value of `Content-Type`, in lower case; empty if there is none.
    let contentType: String
    /// The body; empty if it was longer than what was to be read of it.
    let body: [UInt8]

    /// Whether the body is said to be JSON.
    var isJSON: Bool { self.contentType.contains("json") }

    /// Whether this is a page for people: then a login, a proxy or a site of somebody else's has answered, whatever the
    /// status says.
    private var isPage: Bool { self.contentType.contains("html") }

    /// What this answer, to a request with a single call, makes of the call.
    ///
    /// - Parameter now: seconds since 1970, for a `Retry-After` with a date.
    func answer(now: Int64) -> Answer {
        let after = RetryAfter.parse(self.retryAfter, now: now)
        if self.isPage, Verdict(status: self.status) == .done {
            return .retry(
                status: self.status,
                reason: RetryReason.notHydra.rawValue,
                message: "\(self.summary): this is a page, not Hydra: see what stands at hydra.url",
                after: after
            )
        }
        let error = HydraError(of: self)
        return Answer(
            status: self.status,
            code: error?.code,
            message: error?.message ?? self.summary,
            after: after
        )
    }

    /// What came back, for people, if Hydra itself said nothing.
    var summary: String {
        let phrase = HTTPResponseStatus(statusCode: self.status).reasonPhrase
        var summary = "answered with \(self.status)"
        if !phrase.isEmpty { summary += " \(phrase)" }
        if (300...399).contains(self.status) {
            if let location = self.location {
                // What follows the path may hold a secret.
                summary += " to \(Excerpt.of(location.prefix { $0 != "?" && $0 != "#" }))"
            }
            summary += ": redirects are not followed, set hydra.url to the right address"
        } else if !self.body.isEmpty && !self.isJSON {
            summary += ": \(Excerpt.of(String(decoding: self.body.prefix(2_048), as: UTF8.self)))"
        }
        return summary
    }
}

extension Answer {
    /// The answer that belongs to a status, with what Hydra said beside it.
    init(status: Int, code: String?, message: String, after: Duration?) {
        switch Verdict(status: status) {
        case .done: self = .done(status: status)
        case .refused: self = .refused(status: status, code: code ?? "http_\(status)", message: message)
        case .unauthorized: self = .unauthorized(status: status, message: message)
        case .retry: self = .retry(status: status, reason: "http_\(status)", message: message, after: after)
        }
    }

    /// The answer to a call that got none.
    init(_ failure: TransportFailure) {
        self = .retry(status: nil, reason: failure.reason.rawValue, message: failure.message, after: nil)
    }
}
