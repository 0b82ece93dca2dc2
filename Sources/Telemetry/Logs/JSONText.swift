/// Appends JSON to bytes: strings escaped, numbers in plain form. Pure; any thread.
enum JSONText {
    /// Appends the UTF-8 bytes of a literal as they are.
    @inline(__always)
    static func append(_ literal: StaticString, to bytes: inout [UInt8]) {
        if literal.hasPointerRepresentation {
            unsafe bytes.append(
                contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
            )
        } else {
            bytes.append(contentsOf: String(literal.unicodeScalar).utf8)
        }
    }

    /// Appends `text` as a JSON string with its quotes.
    ///
    /// Escaped are `"`, `\`, the control characters U+0000–U+001F, U+007F and U+0080–U+009F: the last two groups are
    /// valid JSON but move the cursor of a terminal that shows the log. A text of more than ``LogLimits/valueBytes``
    /// bytes is cut at a character's border and ends with `…`.
    static func appendString(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { unsafe appendString(utf8: $0, to: &bytes) }
    }

    private static func appendString(utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var end = utf8.count
        let isCut = end > LogLimits.valueBytes
        if isCut {
            end = LogLimits.valueBytes
            while end > 0, unsafe utf8[end] & 0xC0 == 0x80 { end -= 1 }
        }
        bytes.append(UInt8(ascii: "\""))
        var runStart = 0
        var index = 0
        while index < end {
            let byte = unsafe utf8[index]
            if byte >= 0x20, byte != 0x22, byte != 0x5C, byte != 0x7F, byte != 0xC2 {
                index += 1
                continue
            }
            if byte == 0xC2 {
                // The lead byte of U+0080–U+00BF; only the first half are control characters.
                guard index + 1 < end, unsafe utf8[index + 1] < 0xA0 else {
                    index += 1
                    continue
                }
                unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[runStart..<index]))
                unsafe appendEscape(utf8[index + 1], to: &bytes)
                index += 2
            } else {
                unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[runStart..<index]))
                appendEscape(byte, to: &bytes)
                index += 1
            }
            runStart = index
        }
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[runStart..<end]))
        if isCut {
            append("…", to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The escape of a character below U+0100.
    private static func appendEscape(_ code: UInt8, to bytes: inout [UInt8]) {
        switch code {
        case 0x22: append("\\\"", to: &bytes)
        case 0x5C: append("\\\\", to: &bytes)
        case 0x08: append("\\b", to: &bytes)
        case 0x09: append("\\t", to: &bytes)
        case 0x0A: append("\\n", to: &bytes)
        case 0x0C: append("\\f", to: &bytes)
        case 0x0D: append("\\r", to: &bytes)
        default:
            append("\\u00", to: &bytes)
            bytes.append(hexDigit(code >> 4))
            bytes.append(hexDigit(code & 0x0F))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + (value - 10)
    }

    /// Appends an integer in decimal.
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 {
            bytes.append(UInt8(ascii: "-"))
        }
        append(value.magnitude, to: &bytes)
    }

    /// Appends an unsigned integer in decimal.
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        if value < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
            return
        }
        let start = bytes.count
        var rest = value
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    /// Appends a floating-point number in its shortest form that reads back the same; NaN and infinities, which JSON
    /// lacks, become null.
    static func append(_ value: Double, to bytes: inout [UInt8]) {
        guard value.isFinite else {
            append("null", to: &bytes)
            return
        }
        bytes.append(contentsOf: value.description.utf8)
    }
}
