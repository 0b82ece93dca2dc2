/// When a call happened, made unique: the order in which the calls of an account take effect, whatever the order of
/// their arrival.
///
/// The later time wins; of two calls of the same millisecond the one whose message id is greater, byte for byte (as
/// SQLite compares text). So every set of calls ends in one state. A value; any thread.
package struct Stamp: Equatable, Comparable, Sendable {
    package let time: Instant
    package let messageId: String

    package init(time: Instant, messageId: String) {
        self.time = time
        self.messageId = messageId
    }

    package static func == (left: Stamp, right: Stamp) -> Bool {
        left.time == right.time && left.messageId.utf8.elementsEqual(right.messageId.utf8)
    }

    package static func < (left: Stamp, right: Stamp) -> Bool {
        if left.time != right.time { return left.time < right.time }
        return left.messageId.utf8.lexicographicallyPrecedes(right.messageId.utf8)
    }
}
