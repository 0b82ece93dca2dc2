/// The members of an object with each name once: in the place of its first member, with the value of its last.
///
/// Immutable; any thread.
package struct JSONLastWinsMembers: Sequence, Sendable {
    /// Up to this many members, names that look alike are compared with each other; beyond it they are hashed, so that an object
    /// made of thousands of members costs no quadratic time.
    private static let comparedMembers = 64

    private let members: JSONMembers

    /// The distinct members as (name, value) nodes; nil when no name occurs twice, which is nearly always.
    private let distinct: [(key: Int, value: Int)]?

    init(of members: JSONMembers) {
        self.members = members
        distinct =
            members.count > Self.comparedMembers || Self.mayHaveDuplicates(members)
            ? Self.distinctMembers(members) : nil
    }

    /// How many distinct names there are.
    package var count: Int { distinct?.count ?? members.count }

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator {
        Iterator(members: members, distinct: distinct)
    }

    /// A quick look without hashing: false is certain.
    private static func mayHaveDuplicates(_ members: JSONMembers) -> Bool {
        let document = members.document
        let bytes = document.bytes
        let text = bytes.span
        // One bit for each (length, first byte, last byte) that occurred.
        var seen: UInt64 = 0
        var key = members.first
        while key < members.end {
            let node = document.nodes[key]
            if node.hasEscapes {
                return true
            }
            let content = node.content
            var trait = content.count
            if let last = content.last {
                trait = trait &* 31 &+ Int(text[content.lowerBound]) &* 7 &+ Int(text[last])
            }
            let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: trait & 63)
            if seen & bit != 0, hasEarlier(key, members) {
                return true
            }
            seen |= bit
            key = Int(document.nodes[key + 1].next)
        }
        return false
    }

    /// Whether a member in front of `key` has the same name.
    private static func hasEarlier(_ key: Int, _ members: JSONMembers) -> Bool {
        let document = members.document
        var other = members.first
        while other < key {
            if document.areStringsEqual(at: other, key) {
                return true
            }
            other = Int(document.nodes[other + 1].next)
        }
        return false
    }

    private static func distinctMembers(_ members: JSONMembers) -> [(key: Int, value: Int)] {
        let document = members.document
        var distinct: [(key: Int, value: Int)] = []
        var places: [JSONKey: Int] = Dictionary(minimumCapacity: members.count)
        distinct.reserveCapacity(members.count)
        var key = members.first
        while key < members.end {
            let name = JSONKey(document: document, index: key, objectEnd: members.end)
            if let place = places[name] {
                distinct[place].value = key + 1
            } else {
                places[name] = distinct.count
                distinct.append((key: key, value: key + 1))
            }
            key = Int(document.nodes[key + 1].next)
        }
        return distinct
    }

    /// The walk over the distinct members.
    package struct Iterator: IteratorProtocol, Sendable {
        private let document: JSONDocument
        private let end: Int
        private let distinct: [(key: Int, value: Int)]?
        private var plain: JSONMembers.Iterator
        private var position = 0

        init(members: JSONMembers, distinct: [(key: Int, value: Int)]?) {
            document = members.document
            end = members.end
            self.distinct = distinct
            plain = members.makeIterator()
        }

        package mutating func next() -> JSONMember? {
            guard let distinct else { return plain.next() }
            guard position < distinct.count else { return nil }
            let (key, value) = distinct[position]
            position += 1
            return JSONMember(document: document, key: key, value: value, objectEnd: end)
        }
    }
}
