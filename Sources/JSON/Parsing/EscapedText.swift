/// Decodes the escapes of strings. A namespace of pure functions: any thread.
enum EscapedText {
    /// What a `\u` escape means.
    enum UnicodeEscape: Equatable {
        /// A scalar, and how many bytes its escape takes: 6, or 12 for a surrogate pair.
        case scalar(UInt32, length: Int)
        /// Half of a surrogate pair.
        case loneSurrogate
        /// No four hexadecimal digits.
        case invalid
    }

    /// One step of decoding: up to four bytes of UTF-8, the first one in the lowest byte.
    struct Piece: Equatable {
        var bytes: UInt32
        var count: Int
    }

    /// Reads the escape whose backslash is at `position`, not looking at `limit` or behind it.
    static func unicodeEscape(in text: Span<UInt8>, at position: Int, before limit: Int) -> UnicodeEscape {
        guard let unit = hexadecimalUnit(in: text, at: position, before: limit) else { return .invalid }
        switch unit {
        case 0xD800..<0xDC00:
            guard let low = hexadecimalUnit(in: text, at: position + 6, before: limit), low & 0xFC00 == 0xDC00 else {
                return .loneSurrogate
            }
            return .scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF, length: 12)
        case 0xDC00..<0xE000:
            return .loneSurrogate
        default:
            return .scalar(unit, length: 6)
        }
    }

    /// The four digits of a `\u` escape at `position`, or nil when none stands there.
    private static func hexadecimalUnit(in text: Span<UInt8>, at position: Int, before limit: Int) -> UInt32? {
        guard limit - position >= 6, text[position] == ASCII.backslash, text[position + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = ASCII.hexadecimalValue(text[position + offset]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    /// Decodes what stands at `position` of a checked string and moves behind it.
    static func next(in text: Span<UInt8>, at position: inout Int, before limit: Int) -> Piece {
        let byte = text[position]
        guard byte == ASCII.backslash, position + 1 < limit else {
            position += 1
            return Piece(bytes: UInt32(byte), count: 1)
        }
        let letter = text[position + 1]
        if letter == UInt8(ascii: "u") {
            // The grammar pass let only whole escapes through; U+FFFD keeps this total without a trap.
            guard case .scalar(let scalar, let length) = unicodeEscape(in: text, at: position, before: limit) else {
                position += 2
                return utf8(0xFFFD)
            }
            position += length
            return utf8(scalar)
        }
        position += 2
        let meaning: UInt8 =
            switch letter {
            case UInt8(ascii: "b"): 0x08
            case UInt8(ascii: "f"): 0x0C
            case UInt8(ascii: "n"): 0x0A
            case UInt8(ascii: "r"): 0x0D
            case UInt8(ascii: "t"): 0x09
            default: letter
            }
        return Piece(bytes: UInt32(meaning), count: 1)
    }

    /// The UTF-8 form of a scalar.
    private static func utf8(_ scalar: UInt32) -> Piece {
        switch scalar {
        case ..<0x80:
            Piece(bytes: scalar, count: 1)
        case ..<0x800:
            Piece(bytes: (0xC0 | scalar >> 6) | (0x80 | scalar & 0x3F) << 8, count: 2)
        case ..<0x10000:
            Piece(
                bytes: (0xE0 | scalar >> 12) | (0x80 | scalar >> 6 & 0x3F) << 8 | (0x80 | scalar & 0x3F) << 16,
                count: 3
            )
        default:
            Piece(
                bytes: (0xF0 | scalar >> 18) | (0x80 | scalar >> 12 & 0x3F) << 8
                    | (0x80 | scalar >> 6 & 0x3F) << 16 | (0x80 | scalar & 0x3F) << 24,
                count: 4
            )
        }
    }

    /// The decoded bytes of the checked string content in `range`.
    static func decode(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var decoded: [UInt8] = []
        // An escape is never shorter than what it stands for.
        decoded.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            var piece = next(in: text, at: &position, before: range.upperBound)
            while piece.count > 0 {
                decoded.append(UInt8(truncatingIfNeeded: piece.bytes))
                piece.bytes >>= 8
                piece.count -= 1
            }
        }
        return decoded
    }

    /// Whether the checked string content in `range` decodes to `expected`. Allocates nothing.
    static func decodes(_ text: Span<UInt8>, _ range: Range<Int>, to expected: Span<UInt8>) -> Bool {
        var position = range.lowerBound
        var matched = 0
        while position < range.upperBound {
            var piece = next(in: text, at: &position, before: range.upperBound)
            guard piece.count <= expected.count - matched else { return false }
            while piece.count > 0 {
                guard expected[matched] == UInt8(truncatingIfNeeded: piece.bytes) else { return false }
                matched += 1
                piece.bytes >>= 8
                piece.count -= 1
            }
        }
        return matched == expected.count
    }
}
