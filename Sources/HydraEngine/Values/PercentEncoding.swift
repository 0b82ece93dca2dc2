/// Text in URLs and headers, with bytes as `%` and two hexadecimal digits.
package enum PercentEncoding {
    /// - Parameter plusIsSpace: as in query strings.
    /// - Returns: nil for a broken escape, and for bytes that are not UTF-8.
    package static func decoded(_ text: Substring, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap({ self.digit($0) }),
                    let low = rest.popFirst().flatMap({ self.digit($0) })
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
