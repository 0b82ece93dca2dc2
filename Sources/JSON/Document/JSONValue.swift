/// One value of a document.
///
/// Small (a reference and an index), and valid for as long as anyone holds it: it keeps its document alive. Immutable; any thread.
package struct JSONValue: Sendable {
    /// What a value is.
    package enum Kind: UInt8, Sendable {
        case object
        case array
        case string
        case number
        case `true`
        case `false`
        case null
    }

    /// The document the value belongs to.
    package let document: JSONDocument

    let index: Int

    init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    var node: JSONNode { document.nodes[index] }

    /// What the value is.
    package var kind: Kind { node.kind }

    /// Whether the value is an object.
    package var isObject: Bool { kind == .object }

    /// Whether the value is an array.
    package var isArray: Bool { kind == .array }

    /// Whether the value is null.
    package var isNull: Bool { kind == .null }

    /// How deep the value nests: 0 for a scalar, 1 for `{}`, 2 for `{"a":{}}`. Counts up to 2²⁸ − 1.
    package var height: Int { Int(node.height) }

    /// The members of an object (duplicates included) or the elements of an array; 0 for the rest. Costs no walk.
    package var count: Int { Int(node.count) }

    /// Where the value's text stands in the document's bytes, from its first to behind its last byte, without white space around it.
    package var range: Range<Int> { node.range }

    /// The value's text as it was sent, sharing the document's memory.
    package var raw: ArraySlice<UInt8> { document.bytes[range] }

    /// The value's text as it was sent.
    package var rawString: String { String(decoding: raw, as: UTF8.self) }

    /// Lends the value's text as it was sent. The pointer ends with the call.
    package func withRaw<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = document.bytes
        let text = bytes.span.extracting(range)
        return try unsafe text.withUnsafeBytes { buffer throws(Failure) in try unsafe body(buffer) }
    }

    /// The decoded text of a string, or nil.
    package var string: String? {
        kind == .string ? document.string(at: index) : nil
    }

    /// Whether this is a string with exactly these code points, however it is escaped. Allocates nothing.
    package func equals(_ literal: StaticString) -> Bool {
        guard kind == .string else { return false }
        return literal.withUTF8Buffer { unsafe document.isString(at: index, equalTo: $0.span) }
    }

    /// The value of `true` or `false`, or nil.
    package var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        case .object, .array, .string, .number, .null: nil
        }
    }

    /// The member of an object with this name; of several the last one. Allocates nothing; linear in the number of members.
    package subscript(_ key: StaticString) -> JSONValue? {
        key.withUTF8Buffer { member(named: unsafe $0.span) }
    }

    /// The member of an object with this name, compared code point by code point; of several the last one.
    package subscript(key key: String) -> JSONValue? {
        var key = key
        return key.withUTF8 { member(named: unsafe $0.span) }
    }

    private func member(named name: Span<UInt8>) -> JSONValue? {
        guard let found = document.lastMember(of: index, named: name) else { return nil }
        return JSONValue(document: document, index: found)
    }

    /// The members of an object in document order, duplicates included; empty for everything else.
    package var members: JSONMembers { JSONMembers(of: self) }

    /// The elements of an array in order; empty for everything else.
    package var elements: JSONElements { JSONElements(of: self) }
}
