import JSON

/// What a batch says once for all of its events. The event's own word wins over it.
///
/// Immutable; any thread.
final class Envelope: Sendable {
    /// When the batch was sent, by the sender's clock.
    let sentAt: Timestamp?
    /// `context` of the batch; nil when missing or empty.
    let context: MergeBase?
    /// `integrations` of the batch; nil when missing or empty.
    let integrations: MergeBase?

    /// The most bytes of context and integrations together: they are copied into each event, and a request of one
    /// megabyte must not become gigabytes in the queue. SDKs put the library's name there, some hundred bytes.
    static let maximumBytes = 8 << 10

    /// Takes the batch's members; a context or integrations that is no object is as good as missing.
    ///
    /// - Parameter depth: the most levels of an event, which holds what the batch says one level down.
    /// - Throws: `bodyTooLarge` beyond ``maximumBytes``, `bodyTooDeep` beyond `depth`.
    init(_ fields: borrowing EventFields, depth: Int) throws(EdgeRejection) {
        sentAt = fields.sentAt.flatMap(Timestamp.parse)
        context = fields.context.flatMap(MergeBase.init)
        integrations = fields.integrations.flatMap(MergeBase.init)
        guard (context?.byteCount ?? 0) + (integrations?.byteCount ?? 0) <= Self.maximumBytes else {
            throw EdgeRejection(
                .bodyTooLarge,
                message:
                    "The batch's own context and integrations exceed \(Self.maximumBytes) bytes. Put them into events."
            )
        }
        guard max(context?.object.height ?? 0, integrations?.object.height ?? 0) < depth else {
            throw EdgeRejection(
                .bodyTooDeep,
                message: "The batch's own context or integrations nest deeper than \(depth - 1) levels. Flatten them."
            )
        }
    }
}
