import JSON

extension FuzzTarget {
    /// The parser beside ``ReferenceJSON``: what is JSON, what it means, what is repaired; and the writer's splices.
    static let json = FuzzTarget("json", maximumBytes: 8 << 10) { text in
        let parser = JSONParser()
        let expected = ReferenceJSON(text)
        let document: JSONDocument?
        do throws(JSONError) {
            document = try parser.parse(text)
        } catch {
            document = nil
            try require(error.offset <= text.count || error.code == .tooLarge, "the fault lies within the text")
        }
        try require((document != nil) == (expected != nil), "both agree on whether this is JSON")
        // The same where the parser need not copy the text.
        var roomy: [UInt8] = []
        roomy.reserveCapacity(text.count + 64)
        roomy += text
        let again = try? parser.parse(roomy)
        try require((again != nil) == (document != nil), "room behind the text changes nothing")
        if let document, let expected {
            try require(document.bytes == text && !document.wasRepaired, "the text stays as it is")
            try Self.compare(document, expected, withRanges: true)
            try Self.compareSplices(document, expected)
        }
        try Self.repair(text, strict: document, parser)
    }

    /// The tolerant pass takes what the strict one does, and besides it only the damage that it names.
    private static func repair(_ text: [UInt8], strict: JSONDocument?, _ parser: JSONParser) throws {
        let expected = ReferenceJSON(text, isTolerant: true)
        let document: JSONDocument
        do throws(JSONError) {
            document = try parser.parseTolerantly(text)
        } catch {
            try require(expected == nil, "both agree on what can be repaired")
            try require(error.offset <= text.count || error.code == .tooLarge, "the fault lies within the text as sent")
            return
        }
        let repaired = try require(expected, "both agree on what can be repaired")
        try require(document.wasRepaired == (strict == nil), "only damaged texts are repaired")
        try require(document.wasRepaired == repaired.wasRepaired, "both agree on whether there was damage")
        try Self.compare(document, repaired, withRanges: false)
        try require(ReferenceJSON(document.bytes) != nil, "what was repaired is JSON to the letter")
    }

    /// Whether the document has the reference's items, walked without recursion.
    private static func compare(_ document: JSONDocument, _ expected: ReferenceJSON, withRanges: Bool) throws(Finding) {
        var walk = ItemWalk(expected, withRanges: withRanges)
        var open: [Container] = []
        var value: JSONValue? = document.root
        while true {
            if let current = value {
                value = nil
                switch current.kind {
                case .object:
                    try walk.take(.beginObject, at: current.range.lowerBound)
                    open.append(Container(current))
                case .array:
                    try walk.take(.beginArray, at: current.range.lowerBound)
                    open.append(Container(current))
                case .string:
                    let string = try require(current.string, "a string has a text")
                    try walk.take(
                        .string(Array(string.utf8)),
                        at: current.range.lowerBound,
                        to: current.range.upperBound
                    )
                    try require(
                        current.equals("a") == (string.utf8.elementsEqual("a".utf8)),
                        "equals() compares code points"
                    )
                case .number:
                    try walk.take(
                        .number(Array(current.raw)),
                        at: current.range.lowerBound,
                        to: current.range.upperBound
                    )
                    try Self.checkNumber(current)
                case .true, .false:
                    try walk.take(.word(current.bool == true ? "true" : "false"), at: current.range.lowerBound)
                case .null: try walk.take(.word("null"), at: current.range.lowerBound)
                }
            }
            guard var innermost = open.popLast() else { break }
            if let (name, next) = innermost.next() {
                open.append(innermost)
                if let name { try walk.take(.name(Array(name.string.utf8)), at: name.range.lowerBound) }
                value = next
            } else {
                let whole = innermost.value
                try require(innermost.taken == whole.count, "the count is that of the members or elements")
                try walk.take(whole.isObject ? .endObject : .endArray, at: whole.range.upperBound - 1)
            }
        }
        try walk.finish()
    }

    /// A number's machine values beside the C library's.
    private static func checkNumber(_ value: JSONValue) throws(Finding) {
        let text = try require(value.numberText, "a number has a spelling")
        let nearest = Double(text)
        try require(value.double == (nearest?.isFinite == true ? nearest : nil), "\(text) is the nearest Double")
        let isPlain = !text.utf8.contains { !($0 == UInt8(ascii: "-") || (0x30...0x39).contains($0)) }
        if isPlain {
            try require(value.int64 == Int64(text), "\(text) is the integer")
        } else if let whole = value.int64 {
            try require(nearest == Double(whole), "\(text) is whole")
        } else if let nearest, text.utf8.count <= 15, nearest.magnitude < 0x1p53 {
            // Of so few digits every Double that is whole was meant as a whole number, unless it lost digits to zero.
            let isExact = nearest != 0 && nearest.magnitude >= 1
            try require(!isExact || nearest.rounded(.towardZero) != nearest, "\(text) is not whole")
        }
    }

    /// Values and members spliced as they stand read back as what they were.
    private static func compareSplices(_ document: JSONDocument, _ expected: ReferenceJSON) throws {
        var writer = JSONWriter()
        writer.beginArray()
        writer.raw(document.root)
        if document.root.isObject {
            writer.beginObject()
            for member in document.root.members.lastWins { writer.raw(member) }
            writer.endObject()
        }
        writer.endArray()
        let written = try require(ReferenceJSON(writer.bytes), "splices are JSON")
        try require(
            Array(written.items.dropFirst().prefix(expected.items.count)) == expected.items,
            "a splice says the same"
        )
        guard document.root.isObject else { return }
        let spliced = try JSONParser().parse(writer.bytes)
        let distinct = try require(spliced.root.elements.dropFirst().first { _ in true }, "both splices are there")
        var names: Set<[UInt8]> = []
        for member in distinct.members {
            let name = member.key.string
            try require(names.insert(Array(name.utf8)).inserted, "each name stands once")
            try require(member.key.isLastOfItsName, "each name stands once")
            let last = try require(document.root[key: name], "every name is found")
            try require(last.raw == member.value.raw, "the last of a name wins")
        }
        let all = Set(document.root.members.map { Array($0.key.string.utf8) })
        try require(names == all, "no name is lost")
    }
}

/// An object or array on the way through its contents.
private struct Container {
    let value: JSONValue
    private(set) var taken = 0
    private var members: JSONMembers.Iterator
    private var elements: JSONElements.Iterator

    init(_ value: JSONValue) {
        self.value = value
        self.members = value.members.makeIterator()
        self.elements = value.elements.makeIterator()
    }

    mutating func next() -> (name: JSONKey?, value: JSONValue)? {
        if let member = self.members.next() {
            self.taken += 1
            return (member.key, member.value)
        }
        guard let element = self.elements.next() else { return nil }
        self.taken += 1
        return (nil, element)
    }
}

/// The reference's items, taken one by one.
private struct ItemWalk {
    private let expected: ReferenceJSON
    private let withRanges: Bool
    private var index = 0

    init(_ expected: ReferenceJSON, withRanges: Bool) {
        self.expected = expected
        self.withRanges = withRanges
    }

    mutating func take(_ item: ReferenceJSON.Item, at start: Int, to end: Int? = nil) throws(Finding) {
        try require(self.index < self.expected.items.count, "the document has no more than the text")
        let wanted = self.expected.items[self.index]
        try require(item == wanted, "item \(self.index) is \(wanted), not \(item)")
        if self.withRanges {
            let range = self.expected.ranges[self.index]
            try require(start == range.lowerBound, "item \(self.index) begins at \(range.lowerBound), not \(start)")
            try require(end == nil || end == range.upperBound, "item \(self.index) ends at \(range.upperBound)")
        }
        self.index += 1
    }

    func finish() throws(Finding) {
        try require(self.index == self.expected.items.count, "the document has all of the text")
    }
}
