/// One call to Hydra, ready to be sent.
///
/// A value; any thread.
package struct Call: Sendable {
    package let kind: CallKind
    /// Identifies the event for good: sent as `Idempotency-Key`, and in the body.
    package let messageId: String
    /// The id that leads through all logs: sent as `X-Request-Id`. For a call that came through nginx, its
    /// `$request_id`.
    package let traceId: String
    /// How often this call was sent before, plus one.
    package let attempt: Int
    /// The JSON object that ``CallBody`` finished.
    package let body: [UInt8]

    package init(kind: CallKind, messageId: String, traceId: String, attempt: Int, body: [UInt8]) {
        self.kind = kind
        self.messageId = messageId
        self.traceId = traceId
        self.attempt = attempt
        self.body = body
    }
}
