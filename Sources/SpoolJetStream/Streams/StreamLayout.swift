internal import Spool

/// The names of a spool's streams and subjects.
///
/// A plain value; safe on any thread.
struct StreamLayout: Sendable {
    /// Raised when an earlier version could not read what a later one writes.
    static let version = 1

    let name: String
    let partitions: Int

    // MARK: Streams

    /// The calls of a partition, in their order.
    func calls(_ partition: Int) -> String { "\(self.name)_CALLS_\(partition)" }

    /// What became of them.
    func journal(_ partition: Int) -> String { "\(self.name)_JOURNAL_\(partition)" }

    /// Dead letters of all partitions.
    var dead: String { "\(self.name)_DEAD" }

    /// Rejected events.
    var rejected: String { "\(self.name)_REJECTED" }

    /// Who delivers which partition: one message each.
    var owners: String { "\(self.name)_OWNERS" }

    // MARK: Subjects

    /// The source stands in the subject, so that the servers can say which sources have calls in a stream.
    func callSubject(_ partition: Int, source: String) -> String {
        "\(self.name).calls.\(partition).\(Self.token(source))"
    }

    func callSubjects(_ partition: Int) -> String { "\(self.name).calls.\(partition).*" }

    func journalSubject(_ partition: Int) -> String { "\(self.name).journal.\(partition)" }

    /// Source, reason and id stand in the subject, so that ids can be listed by any of them without reading a letter.
    func deadSubject(source: String, code: String, id: Int64) -> String {
        "\(self.name).dead.\(Self.token(source)).\(Self.token(code)).\(id)"
    }

    /// - Parameters: nil is any.
    func deadSubjects(source: String? = nil, code: String? = nil, id: Int64? = nil) -> String {
        "\(self.name).dead.\(source.map(Self.token) ?? "*").\(code.map(Self.token) ?? "*").\(id.map(String.init) ?? "*")"
    }

    func rejectedSubject(source: String) -> String { "\(self.name).rejected.\(Self.token(source))" }

    var rejectedSubjects: String { "\(self.name).rejected.*" }

    func ownerSubject(_ partition: Int) -> String { "\(self.name).owners.\(partition)" }

    var ownerSubjects: String { "\(self.name).owners.*" }

    /// Who waits for the right to deliver; no stream keeps it.
    var waiting: String { "\(self.name).waiting" }

    /// Any text as one token of a subject: what is no letter, digit, `-` or `_` becomes `=` and two hexadecimal digits.
    static func token(_ text: String) -> String {
        guard !text.isEmpty else { return "=" }
        var token = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: token.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16)
                token += digits.utf8.count == 1 ? "=0\(digits)" : "=\(digits)"
            }
        }
        return token
    }

    /// The text behind a token; nil when it is none of ours.
    static func text(_ token: some StringProtocol) -> String? {
        guard token != "=" else { return "" }
        var bytes: [UInt8] = []
        var rest = Array(token.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x3D else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Which partition a lane is in. Lanes are hashes already, but not every caller's are.
    func partition(of lane: Int64) -> Int {
        var bits = UInt64(bitPattern: lane)
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Int(bits % UInt64(self.partitions))
    }
}
