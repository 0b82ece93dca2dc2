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
            guard let text = value.plainNumber else { throw .identifierNotString }
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
}
