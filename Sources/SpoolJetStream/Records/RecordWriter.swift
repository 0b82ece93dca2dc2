/// Writes the binary records that the streams keep: little-endian integers, texts behind their lengths.
///
/// A value; one owner.
struct RecordWriter {
    private(set) var bytes: [UInt8] = []

    init(reserving capacity: Int = 64) {
        self.bytes.reserveCapacity(capacity)
    }

    mutating func put(_ byte: UInt8) {
        self.bytes.append(byte)
    }

    mutating func put(_ number: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) {
            self.bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(shift)))
        }
    }

    mutating func put(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            self.bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    mutating func put(_ number: Int64) {
        self.put(UInt64(bitPattern: number))
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            self.put(UInt32(clamping: utf8.count))
            unsafe self.bytes.append(contentsOf: utf8)
        }
    }

    mutating func put(_ bytes: [UInt8]) {
        self.put(UInt32(clamping: bytes.count))
        self.bytes += bytes
    }

    /// The rest of the record, without a length.
    mutating func putRest(_ bytes: [UInt8]) {
        self.bytes += bytes
    }
}
