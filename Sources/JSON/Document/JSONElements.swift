/// The elements of an array in order.
///
/// Walks the nodes; allocates nothing. Immutable; any thread.
package struct JSONElements: Sequence, Sendable {
    private let document: JSONDocument
    private let start: Int
    private let end: Int

    /// How many elements there are.
    package let count: Int

    init(of value: JSONValue) {
        document = value.document
        let node = value.node
        let isArray = node.kind == .array
        start = value.index + 1
        end = isArray ? Int(node.next) : value.index + 1
        count = isArray ? Int(node.count) : 0
    }

    package var underestimatedCount: Int { count }

    /// The first element, or nil.
    package var first: JSONValue? {
        start < end ? JSONValue(document: document, index: start) : nil
    }

    package func makeIterator() -> Iterator {
        Iterator(document: document, position: start, end: end)
    }

    /// The walk over the elements.
    package struct Iterator: IteratorProtocol, Sendable {
        private let document: JSONDocument
        private let end: Int
        private var position: Int

        init(document: JSONDocument, position: Int, end: Int) {
            self.document = document
            self.position = position
            self.end = end
        }

        package mutating func next() -> JSONValue? {
            guard position < end else { return nil }
            let value = JSONValue(document: document, index: position)
            position = Int(document.nodes[position].next)
            return value
        }
    }
}
