/// One member of an object. Keeps its document alive. Immutable; any thread.
package struct JSONMember: Sendable {
    let document: JSONDocument

    /// The node of the name.
    let keyIndex: Int

    /// The node of the value: the one behind the name, unless a later member of the same name overrides it.
    let valueIndex: Int

    /// The node behind the last member of the object.
    private let objectEnd: Int

    init(document: JSONDocument, key: Int, value: Int, objectEnd: Int) {
        self.document = document
        keyIndex = key
        valueIndex = value
        self.objectEnd = objectEnd
    }

    /// The name.
    package var key: JSONKey { JSONKey(document: document, index: keyIndex, objectEnd: objectEnd) }

    /// The value.
    package var value: JSONValue { JSONValue(document: document, index: valueIndex) }
}

/// The members of an object in document order, duplicates included.
///
/// Walks the nodes; allocates nothing. Immutable; any thread.
package struct JSONMembers: Sequence, Sendable {
    let document: JSONDocument

    /// The first name.
    let first: Int

    /// The node behind the last value.
    let end: Int

    /// How many members there are, duplicates included.
    package let count: Int

    init(of value: JSONValue) {
        document = value.document
        let node = value.node
        let isObject = node.kind == .object
        first = value.index + 1
        end = isObject ? Int(node.next) : value.index + 1
        count = isObject ? Int(node.count) : 0
    }

    package var underestimatedCount: Int { count }

    /// Each name once, in the place of its first member, with the value of its last.
    ///
    /// Allocates only if there are duplicates or many members; takes linear time whatever the members are.
    package var lastWins: JSONLastWinsMembers { JSONLastWinsMembers(of: self) }

    package func makeIterator() -> Iterator {
        Iterator(members: self)
    }

    /// The walk over the members.
    package struct Iterator: IteratorProtocol, Sendable {
        private let document: JSONDocument
        private let end: Int
        private var position: Int

        init(members: JSONMembers) {
            document = members.document
            end = members.end
            position = members.first
        }

        package mutating func next() -> JSONMember? {
            guard position < end else { return nil }
            let member = JSONMember(document: document, key: position, value: position + 1, objectEnd: end)
            position = Int(document.nodes[position + 1].next)
            return member
        }
    }
}
