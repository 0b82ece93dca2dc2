/// One event of an accepted request that could not become a call: kept so that its sender can be shown what was wrong.
///
/// A plain value; safe on any thread.
package struct RejectedEvent: Sendable, Equatable {
    /// The name of the configured source that the event came from.
    package let source: String

    /// The bounded code of the rejection, for example `no_user_anon_id`.
    package let code: String

    /// What was wrong, for a person.
    package let message: String

    /// The event's own id, if it had a usable one.
    package let messageId: String?

    /// The id that one finds in every log line about the request.
    package let traceId: String

    /// When the request arrived, in milliseconds since 1970 UTC.
    package let receivedAt: Int64

    /// The event as it arrived. The spool keeps its first ``SpoolLimits/rejectedBytes`` bytes.
    package let raw: [UInt8]

    package init(
        source: String,
        code: String,
        message: String,
        messageId: String?,
        traceId: String,
        receivedAt: Int64,
        raw: [UInt8]
    ) {
        self.source = source
        self.code = code
        self.message = message
        self.messageId = messageId
        self.traceId = traceId
        self.receivedAt = receivedAt
        self.raw = raw
    }
}
