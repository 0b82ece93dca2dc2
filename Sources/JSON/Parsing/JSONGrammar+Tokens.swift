/// The tokens one by one. `limit` is always the offset of the following token, so no loop can run away.
extension JSONGrammar {
    /// Throws unless all bytes of the range are white space.
    @inline(__always)
    static func requireBlank(
        _ text: Span<UInt8>,
        from start: Int,
        to limit: Int,
        else code: JSONError.Code
    ) throws(JSONError) {
        var position = start
        while position < limit {
            guard ASCII.isBlank(text[position]) else { throw JSONError(code, at: position) }
            position += 1
        }
    }

    /// The offset behind the closing quote of the string that begins at `start`.
    ///
    /// Found backwards: between the closing quote and the following token stands nothing but white space, mostly nothing at all.
    @inline(__always)
    static func endOfString(_ text: Span<UInt8>, from start: Int, before limit: Int) throws(JSONError) -> Int {
        var end = limit
        while end > start + 2, ASCII.isBlank(text[end - 1]) {
            end -= 1
        }
        guard end >= start + 2, text[end - 1] == ASCII.quote else {
            throw JSONError(.unexpectedCharacter, at: start)
        }
        return end
    }

    /// Checks the escapes of a string, the first of which is at `first`.
    ///
    /// - Returns: The offset of the first backslash behind the string, or the text's length.
    static func checkEscapes(_ text: Span<UInt8>, from first: Int, string: Range<Int>) throws(JSONError) -> Int {
        guard first > string.lowerBound else { throw JSONError(.unexpectedCharacter, at: first) }
        let close = string.upperBound - 1
        var position = first
        while position < close {
            let letter = position + 1
            guard letter < close else { throw JSONError(.invalidEscape, at: position) }
            switch text[letter] {
            case ASCII.quote, ASCII.backslash, ASCII.slash,
                UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                position += 2
            case UInt8(ascii: "u"):
                switch EscapedText.unicodeEscape(in: text, at: position, before: close) {
                case .scalar(_, let length): position += length
                case .loneSurrogate: throw JSONError(.loneSurrogate, at: position)
                case .invalid: throw JSONError(.invalidEscape, at: position)
                }
            default:
                throw JSONError(.invalidEscape, at: position)
            }
            if text[position] != ASCII.backslash {
                position = text.firstIndex(of: ASCII.backslash, from: position)
            }
        }
        return position
    }

    /// The offset behind the number that begins at `start`. Only the grammar is checked, no value is made.
    @inline(__always)
    static func endOfNumber(_ text: Span<UInt8>, from start: Int, before limit: Int) throws(JSONError) -> Int {
        var position = start
        if text[position] == ASCII.minus {
            position += 1
        }
        if position < limit, text[position] == ASCII.zero {
            position += 1
        } else {
            try skipDigits(text, &position, before: limit)
        }
        if position < limit, text[position] == ASCII.point {
            position += 1
            try skipDigits(text, &position, before: limit)
        }
        if position < limit, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < limit, text[position] == ASCII.plus || text[position] == ASCII.minus {
                position += 1
            }
            try skipDigits(text, &position, before: limit)
        }
        return position
    }

    /// Skips one digit or more.
    @inline(__always)
    private static func skipDigits(_ text: Span<UInt8>, _ position: inout Int, before limit: Int) throws(JSONError) {
        guard position < limit, ASCII.isDigit(text[position]) else { throw JSONError(.invalidNumber, at: position) }
        repeat {
            position += 1
        } while position < limit && ASCII.isDigit(text[position])
    }

    /// The literal that begins at `start`, and the offset behind it.
    @inline(__always)
    static func literal(
        _ text: Span<UInt8>,
        from start: Int,
        before limit: Int
    ) throws(JSONError) -> (JSONValue.Kind, Int) {
        switch text[start] {
        case UInt8(ascii: "t"): (.true, try end(of: "true", text, from: start, before: limit))
        case UInt8(ascii: "f"): (.false, try end(of: "false", text, from: start, before: limit))
        case UInt8(ascii: "n"): (.null, try end(of: "null", text, from: start, before: limit))
        case 0xEF where start == 0 && text.startsWithByteOrderMark:
            throw JSONError(.byteOrderMark, at: 0)
        default: throw JSONError(.unexpectedCharacter, at: start)
        }
    }

    @inline(__always)
    private static func end(
        of word: StaticString,
        _ text: Span<UInt8>,
        from start: Int,
        before limit: Int
    ) throws(JSONError) -> Int {
        let count = word.utf8CodeUnitCount
        guard limit - start >= count, text.matches(word, at: start) else {
            throw JSONError(.invalidLiteral, at: start)
        }
        return start + count
    }
}
