/// Repairs the damage that real clients do to JSON: a byte order mark, Python's `NaN`, `Infinity` and `-Infinity`, and escaped
/// halves of surrogate pairs.
///
/// Works on bytes, without regard to the grammar: the strict parse that follows judges the outcome, so a replacement in a place
/// where no value may stand (`1NaN`, `{NaN:1}`) is still refused. A value: any thread.
struct JSONRepair {
    /// The repaired text.
    private(set) var bytes: [UInt8] = []

    /// Where the repaired text and the source are out of step: from `repaired` on, the source is at `source`.
    private var steps: [(repaired: Int, source: Int)] = []

    /// Source bytes below this are copied or replaced.
    private var copied = 0

    /// Repairs a text; nil when it has nothing of what can be repaired.
    init?(of source: [UInt8]) {
        let text = source.span
        var position = 0
        if text.startsWithByteOrderMark {
            position = 3
            replace(0..<3, of: source, with: "")
        }
        while position < text.count {
            switch text[position] {
            case ASCII.quote:
                position = repairString(text, of: source, from: position)
            case UInt8(ascii: "N") where text.matches("NaN", at: position):
                position = replace(position..<position + 3, of: source, with: "null")
            case UInt8(ascii: "I") where text.matches("Infinity", at: position):
                position = replace(position..<position + 8, of: source, with: "null")
            case ASCII.minus where text.matches("-Infinity", at: position):
                position = replace(position..<position + 9, of: source, with: "null")
            default:
                position += 1
            }
        }
        guard !steps.isEmpty else { return nil }
        bytes.append(contentsOf: source[copied...])
    }

    /// The same error with its offset in the source.
    func translate(_ error: JSONError) -> JSONError {
        guard error.code != .tooLarge, let step = steps.last(where: { $0.repaired <= error.offset }) else {
            return error
        }
        return JSONError(error.code, at: error.offset - step.repaired + step.source)
    }

    /// Replaces the lone surrogates of the string that begins at `start`; returns the offset behind the string.
    private mutating func repairString(_ text: Span<UInt8>, of source: [UInt8], from start: Int) -> Int {
        var position = start + 1
        while position < text.count {
            switch text[position] {
            case ASCII.quote:
                return position + 1
            case ASCII.backslash:
                switch EscapedText.unicodeEscape(in: text, at: position, before: text.count) {
                case .scalar(_, let length): position += length
                case .loneSurrogate: position = replace(position..<position + 6, of: source, with: "\\ufffd")
                case .invalid: position += 2
                }
            default:
                position += 1
            }
        }
        return position
    }

    /// Puts `replacement` in the place of a range that lies behind all earlier ones; returns the offset behind the range.
    @discardableResult
    private mutating func replace(_ range: Range<Int>, of source: [UInt8], with replacement: StaticString) -> Int {
        bytes.append(contentsOf: source[copied..<range.lowerBound])
        replacement.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        copied = range.upperBound
        steps.append((repaired: bytes.count, source: range.upperBound))
        return range.upperBound
    }
}
