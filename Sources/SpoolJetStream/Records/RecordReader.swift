/// Reads what ``RecordWriter`` wrote.
///
/// A value; one owner. The bytes come from outside: nothing in them is believed.
struct RecordReader {
    /// The bytes end before the record does, or say what they cannot mean.
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { self.offset == self.bytes.count }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count >= 0, count <= self.bytes.count - self.offset else { throw Malformed() }
        defer { self.offset += count }
        return self.bytes[self.offset..<self.offset + count]
    }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard let byte = try self.take(1).first else { throw Malformed() }
        return byte
    }

    mutating func uint32() throws(Malformed) -> UInt32 {
        try self.take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func uint64() throws(Malformed) -> UInt64 {
        try self.take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func int64() throws(Malformed) -> Int64 {
        Int64(bitPattern: try self.uint64())
    }

    mutating func int() throws(Malformed) -> Int {
        Int(clamping: try self.int64())
    }

    mutating func text() throws(Malformed) -> String {
        String(decoding: try self.take(Int(try self.uint32())), as: UTF8.self)
    }

    mutating func blob() throws(Malformed) -> [UInt8] {
        Array(try self.take(Int(try self.uint32())))
    }

    /// Everything that is left.
    mutating func rest() -> [UInt8] {
        defer { self.offset = self.bytes.count }
        return Array(self.bytes[self.offset...])
    }
}
