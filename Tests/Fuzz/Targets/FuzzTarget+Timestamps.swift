import Glibc
import JSON
import Segment

extension FuzzTarget {
    /// Times as text and as JSON, printed and read again, and beside the C library's calendar.
    static let timestamps = FuzzTarget("timestamps", maximumBytes: 96) { text in
        let parsed = Timestamp.parse(text)
        if let parsed {
            try require(parsed.isPrintable, "only years of four digits are read")
            let printed = parsed.iso8601
            try require(Timestamp.parse(Array(printed.utf8)) == parsed, "\(printed) reads back as the same")
            try require(printed == Self.libraryText(parsed.milliseconds), "\(printed) is what the C library prints")
        }
        if let expected = Self.strictInstant(text), expected >= Timestamp.earliest.milliseconds {
            try require(parsed?.milliseconds == expected, "RFC 3339 is read as the C library reads it: \(expected)")
        }
        // The same text as a JSON string, and as a number where it is one.
        let quoted = [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]
        if let root = try? JSONParser().parse(quoted).root, !text.contains(UInt8(ascii: "\\")) {
            try require(Timestamp.parse(root) == parsed, "a JSON string says the same as its text")
        }
        if let root = try? JSONParser().parse(text).root {
            if let time = Timestamp.parse(root) { try require(time.isPrintable, "only years of four digits are read") }
        }
    }

    /// What strftime(3) makes of an instant.
    private static func libraryText(_ milliseconds: Int64) -> String {
        let thousandths = ((milliseconds % 1_000) + 1_000) % 1_000
        var clock = time_t((milliseconds - thousandths) / 1_000)
        var parts = unsafe tm()
        unsafe gmtime_r(&clock, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = unsafe strftime(&buffer, buffer.count, "%04Y-%m-%dT%H:%M:%S.", &parts)
        let text = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(text)\(String(1_000 + thousandths).dropFirst())Z"
    }

    /// The instant of `yyyy-mm-ddThh:mm:ss.mmmZ` by timegm(3); nil for every other text and for times that do not exist.
    private static func strictInstant(_ bytes: [UInt8]) -> Int64? {
        let shape = Array("0000-00-00T00:00:00.000Z".utf8)
        guard bytes.count == shape.count else { return nil }
        for (byte, wanted) in zip(bytes, shape) {
            guard wanted == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == wanted else { return nil }
        }
        func number(_ range: Range<Int>) -> Int32 {
            bytes[range].reduce(0) { $0 * 10 + Int32($1 - 0x30) }
        }
        var parts = unsafe tm()
        unsafe parts.tm_year = number(0..<4) - 1_900
        unsafe parts.tm_mon = number(5..<7) - 1
        unsafe parts.tm_mday = number(8..<10)
        unsafe parts.tm_hour = number(11..<13)
        unsafe parts.tm_min = number(14..<16)
        unsafe parts.tm_sec = number(17..<19)
        let instant = unsafe Int64(timegm(&parts)) * 1_000 + Int64(number(20..<23))
        // timegm() lets times that do not exist run over.
        return self.libraryText(instant) == String(decoding: bytes, as: UTF8.self) ? instant : nil
    }
}
