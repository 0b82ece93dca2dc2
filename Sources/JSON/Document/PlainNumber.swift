/// Numbers as ids: one spelling for each value, so that 42, 42.0 and 4.2e1 are one id, and "42" the same.
extension JSONValue {
    /// A number without an exponent and without a fraction of zeros; nil for what is no number and for absurd exponents.
    package var plainNumber: String? {
        self.numberText.flatMap { PlainNumber.text($0) }
    }
}

/// Writes JSON numbers out. Stateless; any thread.
package enum PlainNumber {
    /// The largest exponent that is written out; nobody's id has more zeros.
    private static let largestExponent = 64

    /// A JSON number without exponent: whole values as integers of any length, the others as the shortest decimal.
    ///
    /// The digits are moved as text, so that 2⁷⁰ keeps all of them.
    ///
    /// - Returns: nil when the exponent is absurd or the text is no number.
    package static func text(_ number: String) -> String? {
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
        guard !whole.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
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
