/// One value or member name of a document: where its text stands, and where the next one begins. 20 bytes.
///
/// Nodes stand in document order. The members of an object follow it as name, value, name, value; the elements of an array follow
/// the array. A value: any thread.
struct JSONNode: BitwiseCopyable, Sendable {
    /// The largest height that is told apart; deeper counts as this.
    static let maximumHeight = UInt32.max >> 4

    private static let kindMask: UInt32 = 0b0111
    private static let escapedFlag: UInt32 = 0b1000
    private static let heightShift: UInt32 = 4

    /// First byte of the text.
    let start: UInt32

    /// The byte behind the text.
    private(set) var end: UInt32

    /// The index of the node behind this one and all its contents. While the grammar pass is inside a container, the index of
    /// the container around it instead: the open containers are a stack that lives in the nodes.
    private(set) var next: UInt32

    /// Members of an object, elements of an array, 0 for the rest.
    private(set) var count: UInt32 = 0

    /// Height (28 bits), whether a string has escapes (1 bit), kind (3 bits).
    private var shape: UInt32

    /// Fills a buffer that the grammar pass will write over.
    static let blank = JSONNode(scalar: .null, start: 0, end: 0, next: 0)

    /// A finished value that holds no others.
    @inline(__always)
    init(scalar kind: JSONValue.Kind, start: UInt32, end: UInt32, next: UInt32, hasEscapes: Bool = false) {
        self.start = start
        self.end = end
        self.next = next
        shape = UInt32(truncatingIfNeeded: kind.rawValue) | (hasEscapes ? Self.escapedFlag : 0)
    }

    /// A container whose end is not yet known. A container without contents has height 1.
    @inline(__always)
    init(opening kind: JSONValue.Kind, start: UInt32, inside parent: UInt32) {
        self.start = start
        end = start
        next = parent
        shape = UInt32(truncatingIfNeeded: kind.rawValue) | 1 << Self.heightShift
    }

    /// Counts one more member or element.
    @inline(__always)
    mutating func addChild() {
        count &+= 1
    }

    /// Ends a container.
    @inline(__always)
    mutating func close(end: UInt32, next: UInt32) {
        self.end = end
        self.next = next
    }

    /// Makes room for a finished container of height `inner` inside this one.
    @inline(__always)
    mutating func grow(around inner: UInt32) {
        if inner >= height, inner < Self.maximumHeight {
            shape = shape & (Self.kindMask | Self.escapedFlag) | (inner + 1) << Self.heightShift
        }
    }

    /// How deep this value nests: 0 for scalars, 1 for containers without containers.
    @inline(__always)
    var height: UInt32 { shape >> Self.heightShift }

    /// Whether a string or name has at least one escape.
    @inline(__always)
    var hasEscapes: Bool { shape & Self.escapedFlag != 0 }

    /// What stands here.
    @inline(__always)
    var kind: JSONValue.Kind {
        JSONValue.Kind(rawValue: UInt8(truncatingIfNeeded: shape & Self.kindMask)) ?? .null
    }

    /// The bytes between the quotes of a string or name.
    @inline(__always)
    var content: Range<Int> { Int(start) + 1..<Int(end) - 1 }

    /// All bytes of the text.
    @inline(__always)
    var range: Range<Int> { Int(start)..<Int(end) }
}
