/// What may stand in a header, so that no value becomes a header of its own.
enum HeaderRules {
    /// An HTTP token (RFC 9110, 5.6.2), and not `Status`, which is ours to say.
    static func isUsable(name: String) -> Bool {
        let bytes = name.utf8.span
        guard !bytes.isEmpty else { return false }
        for index in bytes.indices where !Self.isTokenByte(bytes[index]) { return false }
        return !Self.isEqual(name, "status")
    }

    /// Everything but CR, LF and NUL.
    static func isUsable(value: String) -> Bool {
        let bytes = value.utf8.span
        for index in bytes.indices where bytes[index] <= 0x0d {
            if bytes[index] == 0x0d || bytes[index] == 0x0a || bytes[index] == 0 { return false }
        }
        return true
    }

    /// Compares ASCII without case; `lowercase` is lowercase already.
    static func isEqual(_ name: String, _ lowercase: StaticString) -> Bool {
        guard name.utf8.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { lowercase in
            unsafe zip(name.utf8, lowercase).allSatisfy { byte, other in
                (0x41...0x5a).contains(byte) ? byte | 0x20 == other : byte == other
            }
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}
