/// A call on disk that waits for its delivery.
///
/// A plain value; safe on any thread.
package struct StoredCall: Sendable, Equatable {
    /// Its place in the order of commits, over all processes; never used twice.
    package let id: Int64

    /// The name of the configured source that the event came from.
    package let source: String

    /// What kind of call it is, as the caller numbers them.
    package let kind: UInt8

    /// Calls of one lane are delivered in the order of their ids.
    package let lane: Int64

    /// The event's own id, which is also its idempotency key at the destination.
    package let messageId: String

    /// The id that one finds in every log line about this call.
    package let traceId: String

    /// When the request arrived, in milliseconds since 1970 UTC.
    package let receivedAt: Int64

    /// What is sent, byte for byte.
    package let body: [UInt8]

    /// How often its delivery was tried.
    package let attempts: Int

    /// When its delivery was tried first, in milliseconds since 1970 UTC; nil before that.
    package let firstAttemptAt: Int64?

    /// Not to be tried before this time, in milliseconds since 1970 UTC; 0 is now.
    package let notBefore: Int64

    package init(
        id: Int64,
        source: String,
        kind: UInt8,
        lane: Int64,
        messageId: String,
        traceId: String,
        receivedAt: Int64,
        body: [UInt8],
        attempts: Int = 0,
        firstAttemptAt: Int64? = nil,
        notBefore: Int64 = 0
    ) {
        self.id = id
        self.source = source
        self.kind = kind
        self.lane = lane
        self.messageId = messageId
        self.traceId = traceId
        self.receivedAt = receivedAt
        self.body = body
        self.attempts = attempts
        self.firstAttemptAt = firstAttemptAt
        self.notBefore = notBefore
    }
}
