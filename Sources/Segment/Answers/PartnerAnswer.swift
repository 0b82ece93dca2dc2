import JSON

/// What Segment's servers are told on a partner or webhook route.
///
/// A plain value; any thread. These routes have statuses of their own: Segment retries 429 and 5xx except 501 for four
/// hours, discards on other 4xx, and shows the `message` to the customer.
package enum PartnerAnswer: Sendable, Equatable {
    /// On disk.
    case done
    /// Not one event could be read; the message says why.
    case malformed(message: String)
    /// The API key or the signature is wrong.
    case keyInvalid(message: String)
    /// The key is right but its source is disabled.
    case forbidden(message: String)
    /// Back-pressure.
    case busy(retryAfterSeconds: Int, message: String)
    /// Our failure.
    case internalError(message: String)
    /// A call type that Hydra does not take. Segment does not send it again.
    case unsupported(message: String)
    /// Shutting down or under maintenance.
    case unavailable(retryAfterSeconds: Int, message: String)

    /// The HTTP status of the partner contract.
    package var status: Int {
        switch self {
        case .done: 200
        case .malformed: 400
        case .keyInvalid: 401
        case .forbidden: 403
        case .busy: 429
        case .internalError: 500
        case .unsupported: 501
        case .unavailable: 503
        }
    }

    /// The whole answer. `done` is the same success body as everywhere.
    package var answer: EdgeAnswer {
        switch self {
        case .done: .success
        case .malformed(let message), .keyInvalid(let message), .forbidden(let message), .internalError(let message),
            .unsupported(let message):
            Self.answer(status: status, message: message, headers: [])
        case .busy(let seconds, let message), .unavailable(let seconds, let message):
            Self.answer(
                status: status,
                message: message,
                headers: [("Retry-After", String(min(max(seconds, 1), EdgeAnswer.maximumRetryAfter)))]
            )
        }
    }

    /// The answer for a request that was refused as a whole.
    package init(_ rejection: EdgeRejection) {
        switch rejection.code {
        case .unauthorized, .signatureMissing, .signatureInvalid, .writeKeyMissing, .writeKeyUnknown:
            self = .keyInvalid(message: rejection.message)
        case .sourceDisabled: self = .forbidden(message: rejection.message)
        case .outOfMemory: self = .unavailable(retryAfterSeconds: 60, message: rejection.message)
        case .notJSON, .bodyNotObject, .emptyBody, .bodyTooLarge, .bodyTooDeep, .batchMissing, .badGzip, .badDeflate,
            .badQuery:
            self = .malformed(message: rejection.message)
        }
    }

    private static func answer(status: Int, message: String, headers: [(String, String)]) -> EdgeAnswer {
        var writer = JSONWriter(reserving: 32 + message.utf8.count)
        writer.beginObject()
        writer.member("message", message)
        writer.endObject()
        return EdgeAnswer(
            status: status,
            headers: [("Content-Type", "application/json")] + headers,
            body: writer.bytes
        )
    }
}
