/// A checked JSON text with the place of each of its values.
///
/// Immutable; any thread. Independent of the parser that made it. Values, keys and sequences taken from it keep it alive.
package final class JSONDocument: Sendable {
    /// The text that all ranges refer to: the bytes given to the parser, or their repaired form.
    package let bytes: [UInt8]

    /// Whether the tolerant parse had to change the text.
    package let wasRepaired: Bool

    /// Node 0 is the root; see ``JSONNode`` for the order.
    let nodes: [JSONNode]

    init(bytes: [UInt8], nodes: [JSONNode], wasRepaired: Bool) {
        self.bytes = bytes
        self.nodes = nodes
        self.wasRepaired = wasRepaired
    }

    /// The one value of the text.
    package var root: JSONValue {
        JSONValue(document: self, index: 0)
    }
}

// MARK: Strings and names

extension JSONDocument {
    /// The decoded text of a string or name.
    func string(at index: Int) -> String {
        let bytes = bytes
        let node = nodes[index]
        if node.hasEscapes {
            return String(decoding: EscapedText.decode(bytes.span, node.content), as: UTF8.self)
        }
        return String(decoding: bytes[node.content], as: UTF8.self)
    }

    /// Whether a string or name decodes to `expected`. Allocates nothing.
    func isString(at index: Int, equalTo expected: Span<UInt8>) -> Bool {
        let bytes = bytes
        let node = nodes[index]
        let content = node.content
        if node.hasEscapes {
            // Cheap refusal first: an escape is at most six times as long as what it stands for.
            guard content.count >= expected.count, content.count <= expected.count * 6 else { return false }
            return EscapedText.decodes(bytes.span, content, to: expected)
        }
        return content.count == expected.count && bytes.span.matches(expected, at: content.lowerBound)
    }

    /// Whether two strings or names decode to the same scalars. Canonical equivalence does not count: JSON compares code points.
    func areStringsEqual(at left: Int, _ right: Int) -> Bool {
        let bytes = bytes
        let node = nodes[right]
        if node.hasEscapes {
            return isString(at: left, equalTo: EscapedText.decode(bytes.span, node.content).span)
        }
        return isString(at: left, equalTo: bytes.span.extracting(node.content))
    }

    /// The node of the last member of an object with this name, or nil. Allocates nothing.
    func lastMember(of index: Int, named name: Span<UInt8>) -> Int? {
        let (nodeStorage, byteStorage) = (nodes, bytes)
        let nodes = nodeStorage.span
        let text = byteStorage.span
        let object = nodes[index]
        guard object.kind == .object else { return nil }
        let end = Int(object.next)
        let quotedCount = name.count + 2
        var found: Int?
        var key = index + 1
        while key < end {
            let node = nodes[key]
            if node.hasEscapes {
                if EscapedText.decodes(text, node.content, to: name) {
                    found = key + 1
                }
            } else if Int(node.end) - Int(node.start) == quotedCount, text.matches(name, at: Int(node.start) + 1) {
                found = key + 1
            }
            key = Int(nodes[key + 1].next)
        }
        return found
    }
}
