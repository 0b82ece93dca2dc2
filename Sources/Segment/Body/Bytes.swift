/// Comparisons and scans of byte ranges that every part of the edge needs.
extension UnsafeRawBufferPointer {
    /// Whether the bytes are exactly this ASCII literal.
    @inline(__always)
    func spells(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<count where unsafe self[index] != literal.utf8Start[index] { return false }
        return true
    }
}

extension UInt8 {
    /// The value of an ASCII digit.
    @inline(__always)
    var digitValue: Int? {
        let value = self &- UInt8(ascii: "0")
        return value < 10 ? Int(value) : nil
    }

    /// The value of an ASCII hexadecimal digit of either case.
    @inline(__always)
    var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    /// The ASCII letter in lower case; any other byte as it is.
    @inline(__always)
    var lowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }

    /// A control character of ASCII: never part of a key, a name or a header value.
    @inline(__always)
    var isControl: Bool {
        self < 0x20 || self == 0x7f
    }
}
