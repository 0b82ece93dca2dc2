internal import Spool

/// What one append leaves in one stream, in its order.
///
/// A plain value; safe on any thread.
struct AppendPiece: Sendable {
    struct Message: Sendable {
        let message: OutgoingMessage
        /// The call's place in its append; nil for a rejected event.
        let call: Int?
    }

    private(set) var messages: [Message] = []
    private(set) var bytes = 0
    /// Places of calls that are known to be stored already.
    var duplicates: [Int] = []
    /// Not stored together with others: one of them was refused, perhaps because of this one.
    var goesAlone = false
    /// Called once.
    var answer: @Sendable (_ duplicates: [Int], _ sequence: UInt64, SpoolError?) -> Void = { _, _, _ in }

    mutating func append(_ message: Message) {
        self.messages.append(message)
        self.bytes += message.message.weight
    }

    /// Takes so many messages off its front.
    mutating func takeFirst(_ count: Int) -> [Message] {
        let taken = Array(self.messages.prefix(count))
        self.messages.removeFirst(taken.count)
        self.bytes -= taken.reduce(0) { $0 + $1.message.weight }
        return taken
    }
}
