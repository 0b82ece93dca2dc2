import JSON

/// Reads the ids of an event, which clients send as strings and, some of them, as numbers.
enum Identifier {
    /// An id as text, and the JSON string it came from where that can be forwarded as it is.
    struct Text: Sendable {
        let text: String
        let source: JSONValue?

        /// Appends the id as a JSON string, byte for byte where it came as one.
        func append(to writer: inout JSONWriter) {
            if let source { writer.raw(source) } else { writer.value(text) }
        }
    }

    /// The id in a member.
    ///
    /// - Parameters:
    ///   - value: the member's value.
    ///   - limit: the most UTF-8 bytes of the id.
    /// - Returns: nil when the member is missing, null or the empty string, which all mean "no id".
    /// - Throws: `identifierNotString` for values of another kind and for numbers that cannot be written plainly,
    ///   `identifierTooLong`.
    static func read(_ value: JSONValue?, limit: Int) throws(ItemRejection.Code) -> Text? {
        guard let value else { return nil }
        switch value.kind {
        case .null: return nil
        case .string:
            let bytes = value.range.count - 2
            if bytes == 0 { return nil }
            // An escape takes up to six bytes for one; beyond that the text need not be decoded to know.
            guard bytes <= limit * 6, let text = value.string, text.utf8.count <= limit else {
                throw .identifierTooLong
            }
            return Text(text: text, source: value)
        case .number:
            guard let text = value.numberText.flatMap(plain) else { throw .identifierNotString }
            guard text.utf8.count <= limit else { throw .identifierTooLong }
            return Text(text: text, source: nil)
        case .true, .false, .object, .array: throw .identifierNotString
        }
    }

    /// Whether a member could identify something: a string that is not empty, or a number.
    static func isPresent(_ value: JSONValue?) -> Bool {
        switch value?.kind {
        case .string: (value?.range.count ?? 0) > 2
        case .number: true
        default: false
        }
    }

    /// The largest exponent that is written out; nobody's id has more zeros.
    private static let largestExponent = 64

    /// A JSON number without exponent: whole values as integers of any length, the others as the shortest decimal.
    ///
    /// The digits are moved as text, so that 2⁷⁰ keeps all of them.
    ///
    /// - Returns: nil when the exponent is absurd or the text is no number.
    static func plain(_ number: String) -> String? {
        var rest = number.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let mantissa = rest.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let exponentText = rest.dropFirst(mantissa.count + 1)
        guard let exponent = exponentText.isEmpty ? 0 : Int(Substring(exponentText)) else { return nil }
        guard (-largestExponent...largestExponent).contains(exponent) else { return nil }

        let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }
        let fraction = mantissa.dropFirst(whole.count + 1)
        var digits = Array(whole) + Array(fraction)
        guard !whole.isEmpty, digits.allSatisfy({ $0.digitValue != nil }) else { return nil }
        // Where the point stands among the digits once the exponent is applied.
        var point = whole.count + exponent
        if point < 1 {
            digits = Array(repeating: UInt8(ascii: "0"), count: 1 - point) + digits
            point = 1
        }
        if point > digits.count {
            digits += Array(repeating: UInt8(ascii: "0"), count: point - digits.count)
        }
        let zero = UInt8(ascii: "0")
        let head = digits[..<point].drop { $0 == zero }
        var tail = digits[point...]
        while tail.last == zero { tail.removeLast() }
        if head.isEmpty, tail.isEmpty { return "0" }
        var text = isNegative ? "-" : ""
        text += head.isEmpty ? "0" : String(decoding: head, as: UTF8.self)
        if !tail.isEmpty { text += "." + String(decoding: tail, as: UTF8.self) }
        return text
    }
}
