/// When a call takes effect among the calls of its account, whatever the order of their arrival here.
///
/// The later time wins. Of two calls of the same millisecond (an SDK makes two in a tick, a script knows whole seconds)
/// the one that was received later does, then the one with the greater number in its sender's order; a message id decides
/// only what has no order at all, byte for byte as SQLite compares text. All four come with the call, so every set of calls
/// ends in one state. A value; any thread.
package struct Stamp: Equatable, Comparable, Sendable {
    package let time: Instant
    package let receivedAt: Instant
    /// See `sequence` in the contract.
    package let sequence: Int64
    package let messageId: String

    package init(time: Instant, receivedAt: Instant, sequence: Int64, messageId: String) {
        self.time = time
        self.receivedAt = receivedAt
        self.sequence = sequence
        self.messageId = messageId
    }

    package static func == (left: Stamp, right: Stamp) -> Bool {
        left.time == right.time && left.receivedAt == right.receivedAt && left.sequence == right.sequence
            && left.messageId.utf8.elementsEqual(right.messageId.utf8)
    }

    package static func < (left: Stamp, right: Stamp) -> Bool {
        if left.time != right.time { return left.time < right.time }
        if left.receivedAt != right.receivedAt { return left.receivedAt < right.receivedAt }
        if left.sequence != right.sequence { return left.sequence < right.sequence }
        return left.messageId.utf8.lexicographicallyPrecedes(right.messageId.utf8)
    }
}
