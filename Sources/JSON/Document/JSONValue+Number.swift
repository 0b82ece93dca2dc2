/// Numbers: the text decides, and nothing is lost unless a caller asks for a machine type.
extension JSONValue {
    /// The spelling of a number exactly as it was sent (`1.0`, `-0`, `1e400`, any number of digits), or nil.
    package var numberText: String? {
        kind == .number ? rawString : nil
    }

    /// The exact value of a number that is whole and fits, however it is spelt (`7`, `7.0`, `70e-1`), or nil.
    package var int64: Int64? {
        guard kind == .number else { return nil }
        let bytes = document.bytes
        return DecimalText(bytes.span, range).int64
    }

    /// The nearest value of a number, rounded correctly; nil for what is no number and for magnitudes beyond a `Double` (`1e400`).
    /// Magnitudes too small become 0.
    package var double: Double? {
        guard kind == .number else { return nil }
        let bytes = document.bytes
        if let exact = DecimalText(bytes.span, range).simpleDouble {
            return exact
        }
        guard let number = Double(rawString), number.isFinite else { return nil }
        return number
    }
}
