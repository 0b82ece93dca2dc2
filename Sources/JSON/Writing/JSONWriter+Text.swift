/// How strings and integers are spelt.
extension JSONWriter {
    /// For each byte of a string: 0 when it stands for itself, the letter behind the backslash, or `u` for the long form.
    /// All else, U+2028 and U+2029 included, needs no escape in JSON.
    private static let escapes: [UInt8] = {
        var escapes = [UInt8](repeating: 0, count: 256)
        for control in 0..<0x20 {
            escapes[control] = UInt8(ascii: "u")
        }
        escapes[0x08] = UInt8(ascii: "b")
        escapes[0x09] = UInt8(ascii: "t")
        escapes[0x0A] = UInt8(ascii: "n")
        escapes[0x0C] = UInt8(ascii: "f")
        escapes[0x0D] = UInt8(ascii: "r")
        escapes[Int(ASCII.quote)] = ASCII.quote
        escapes[Int(ASCII.backslash)] = ASCII.backslash
        return escapes
    }()

    mutating func append(_ word: StaticString) {
        word.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func appendString(_ string: String) {
        var string = string
        string.withUTF8 { unsafe appendString($0) }
    }

    mutating func appendString(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(ASCII.quote)
        if unsafe Self.firstEscape(in: text.span, from: 0) == text.count {
            unsafe bytes.append(contentsOf: text)
        } else {
            unsafe appendEscaped(text)
        }
        bytes.append(ASCII.quote)
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while true {
            let stop = Self.firstEscape(in: unsafe text.span, from: start)
            unsafe bytes.append(contentsOf: text[start..<stop])
            guard stop < text.count else { return }
            let byte = unsafe text[stop]
            let letter = Self.escapes[Int(byte)]
            bytes.append(ASCII.backslash)
            bytes.append(letter)
            if letter == UInt8(ascii: "u") {
                bytes.append(ASCII.zero)
                bytes.append(ASCII.zero)
                bytes.append(Self.hexadecimalDigit(byte >> 4))
                bytes.append(Self.hexadecimalDigit(byte & 0xF))
            }
            start = stop + 1
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? ASCII.zero + value : UInt8(ascii: "a") + value - 10
    }

    /// The offset of the first byte at or behind `start` that must be escaped, or the count.
    private static func firstEscape(in text: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < text.count {
            let byte = text[position]
            if byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash {
                return position
            }
            position += 1
        }
        return position
    }

    mutating func appendInteger(_ magnitude: UInt64, isNegative: Bool) {
        if isNegative {
            bytes.append(ASCII.minus)
        }
        var power: UInt64 = 1
        while magnitude / power >= 10 {
            power *= 10
        }
        while power > 0 {
            bytes.append(ASCII.zero + UInt8(truncatingIfNeeded: magnitude / power % 10))
            power /= 10
        }
    }
}
