internal import JSON

/// What a stream answers to a message that it stored, or has stored before.
///
/// A plain value; safe on any thread.
struct PublishAck: Sendable, Equatable {
    /// The message's place in its stream; for a duplicate, the first one's.
    let sequence: UInt64

    /// The message's id was seen within the duplicate window: nothing was stored.
    let isDuplicate: Bool

    init(sequence: UInt64, isDuplicate: Bool) {
        self.sequence = sequence
        self.isDuplicate = isDuplicate
    }

    /// Reads an answer. There is one for each call, so the usual form is read without a document.
    init(_ bytes: [UInt8]) throws(RequestError) {
        guard !Self.contains(bytes, Self.error) else {
            throw APIError(answer: bytes).map(RequestError.refused) ?? .failed(.client("an unreadable answer"))
        }
        guard let start = Self.end(of: Self.sequenceKey, in: bytes) else {
            throw .failed(.client("an answer without a sequence"))
        }
        var sequence: UInt64 = 0
        for byte in bytes[start...] {
            guard byte >= 0x30, byte <= 0x39 else { break }
            let (product, overflows) = sequence.multipliedReportingOverflow(by: 10)
            guard !overflows else { throw .failed(.client("an answer with an impossible sequence")) }
            sequence = product &+ UInt64(byte - 0x30)
        }
        self.sequence = sequence
        self.isDuplicate = Self.contains(bytes[start...], Self.duplicate)
    }

    private static let error = Array(#""error""#.utf8)
    private static let sequenceKey = Array(#""seq":"#.utf8)
    private static let duplicate = Array(#""duplicate""#.utf8)

    private static func contains(_ bytes: some Collection<UInt8>, _ needle: [UInt8]) -> Bool {
        self.end(of: needle, in: bytes) != nil
    }

    private static func end<Bytes: Collection<UInt8>>(of needle: [UInt8], in bytes: Bytes) -> Bytes.Index? {
        guard let first = needle.first else { return nil }
        var rest = bytes[...]
        while let index = rest.firstIndex(of: first) {
            rest = rest[index...]
            if rest.starts(with: needle) { return rest.index(index, offsetBy: needle.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}

extension APIError {
    /// The error in an answer; nil when there is none.
    init?(answer bytes: [UInt8]) {
        guard let document = try? JSONParser().parse(bytes) else { return nil }
        self.init(document)
    }

    init?(_ document: JSONDocument) {
        guard let error = document.root["error"], error.isObject else { return nil }
        self.init(
            code: Int(clamping: error["code"]?.int64 ?? 0),
            errCode: Int(clamping: error["err_code"]?.int64 ?? 0),
            text: error["description"]?.string ?? "no reason given"
        )
    }
}
