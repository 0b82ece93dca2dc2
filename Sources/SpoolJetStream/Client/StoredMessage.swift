internal import JSON

/// A message as a stream keeps it.
///
/// A plain value; safe on any thread.
struct StoredMessage: Sendable {
    let subject: String
    let sequence: UInt64
    let payload: [UInt8]
    /// When it was stored, by the clock of the leader of that time, in milliseconds since 1970; only in its leader's answers.
    let storedAt: Int64?

    /// From the answer of a stream's leader.
    init?(_ document: JSONDocument) {
        guard let message = document.root["message"], let subject = message["subject"]?.string,
            let sequence = message["seq"]?.int64, sequence > 0
        else { return nil }
        self.subject = subject
        self.sequence = UInt64(sequence)
        self.storedAt = message["time"]?.string.flatMap(ServerTime.milliseconds)
        guard let payload = Self.decodeBase64(message["data"]?.string ?? "") else { return nil }
        self.payload = payload
    }

    /// From the answer of any server that keeps the stream; nil when that one has not got the message.
    init?(direct answer: NATSMessage) {
        guard answer.status == nil, let subject = answer.header("Nats-Subject"),
            let sequence = answer.header("Nats-Sequence").flatMap({ UInt64($0) })
        else { return nil }
        self.subject = subject
        self.sequence = sequence
        self.storedAt = nil
        self.payload = answer.payload
    }

    /// RFC 4648 section 4. nil when the text is none.
    static func decodeBase64(_ text: String) -> [UInt8]? {
        let padding = text.utf8.reversed().prefix { $0 == 0x3D }.count
        guard text.utf8.count % 4 == 0, padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8.dropLast(padding) {
            let value: UInt8
            switch character {
            case 0x41...0x5A: value = character - 0x41
            case 0x61...0x7A: value = character - 0x61 + 26
            case 0x30...0x39: value = character - 0x30 + 52
            case 0x2B: value = 62
            case 0x2F: value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        // What is left over of the last character says nothing.
        guard bits & (1 << UInt32(count) - 1) == 0 else { return nil }
        return bytes
    }
}
