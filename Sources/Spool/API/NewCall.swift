/// A call that is not in the spool yet.
///
/// A plain value; safe on any thread.
package struct NewCall: Sendable {
    /// The name of the configured source that the event came from.
    package let source: String

    /// What kind of call it is, as the caller numbers them; the spool only keeps it.
    package let kind: UInt8

    /// A 64-bit hash of source and user. Calls of one lane are delivered in order; a collision only makes two users
    /// share a lane.
    package let lane: Int64

    /// What the call is recognised by when it is sent again.
    package let dedupe: DedupeKey

    /// The event's own id, which is also its idempotency key at the destination.
    package let messageId: String

    /// The id that one finds in every log line about this call.
    package let traceId: String

    /// When the request arrived, in milliseconds since 1970 UTC.
    package let receivedAt: Int64

    /// What will be sent, byte for byte. At most ``SpoolLimits/callBytes``.
    package let body: [UInt8]

    package init(
        source: String,
        kind: UInt8,
        lane: Int64,
        dedupe: DedupeKey,
        messageId: String,
        traceId: String,
        receivedAt: Int64,
        body: [UInt8]
    ) {
        self.source = source
        self.kind = kind
        self.lane = lane
        self.dedupe = dedupe
        self.messageId = messageId
        self.traceId = traceId
        self.receivedAt = receivedAt
        self.body = body
    }
}
