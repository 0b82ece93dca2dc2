/// The name of a member, as it stands in its document.
///
/// Keeps its document alive. Two keys are equal when they decode to the same code points, whatever documents they are from.
/// Immutable; any thread.
package struct JSONKey: Sendable {
    let document: JSONDocument

    let index: Int

    /// The node behind the last member of the object.
    private let objectEnd: Int

    init(document: JSONDocument, index: Int, objectEnd: Int) {
        self.document = document
        self.index = index
        self.objectEnd = objectEnd
    }

    /// The decoded name.
    package var string: String { document.string(at: index) }

    /// Whether the name has exactly these code points, however it is escaped. Allocates nothing.
    package func equals(_ literal: StaticString) -> Bool {
        literal.withUTF8Buffer { unsafe document.isString(at: index, equalTo: $0.span) }
    }

    /// Where the name stands in the document's bytes, quotes included.
    package var range: Range<Int> { document.nodes[index].range }

    /// The name as it was sent, quotes included.
    package var raw: ArraySlice<UInt8> { document.bytes[range] }

    /// Lends the name as it was sent, quotes included. The pointer ends with the call.
    package func withRaw<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = document.bytes
        let text = bytes.span.extracting(range)
        return try unsafe text.withUnsafeBytes { buffer throws(Failure) in try unsafe body(buffer) }
    }

    /// Whether no later member of the same object has the same name. Linear in the number of members behind this one; to walk a
    /// whole object use ``JSONMembers/lastWins``.
    package var isLastOfItsName: Bool {
        var other = Int(document.nodes[index + 1].next)
        while other < objectEnd {
            if document.areStringsEqual(at: other, index) {
                return false
            }
            other = Int(document.nodes[other + 1].next)
        }
        return true
    }
}

extension JSONKey: Hashable {
    package static func == (left: JSONKey, right: JSONKey) -> Bool {
        let bytes = right.document.bytes
        let node = right.document.nodes[right.index]
        if node.hasEscapes {
            return left.document.isString(at: left.index, equalTo: EscapedText.decode(bytes.span, node.content).span)
        }
        return left.document.isString(at: left.index, equalTo: bytes.span.extracting(node.content))
    }

    package func hash(into hasher: inout Hasher) {
        let bytes = document.bytes
        let node = document.nodes[index]
        if node.hasEscapes {
            let decoded = EscapedText.decode(bytes.span, node.content)
            unsafe decoded.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        } else {
            unsafe bytes.span.extracting(node.content).withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }
    }
}
