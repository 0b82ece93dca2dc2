/// The eight bytes before each record's content.
struct RecordHeader: Equatable, Sendable {
    var type: UInt8
    var request: UInt16
    var contentBytes: Int
    var paddingBytes: Int

    init(type: UInt8, request: UInt16, contentBytes: Int, paddingBytes: Int = 0) {
        self.type = type
        self.request = request
        self.contentBytes = contentBytes
        self.paddingBytes = paddingBytes
    }

    /// Reads a big-endian word of eight header bytes; nil if the version is not 1.
    init?(word: UInt64) {
        guard UInt8(truncatingIfNeeded: word >> 56) == RecordFormat.version else { return nil }
        self.type = UInt8(truncatingIfNeeded: word >> 48)
        self.request = UInt16(truncatingIfNeeded: word >> 32)
        self.contentBytes = Int(UInt16(truncatingIfNeeded: word >> 16))
        self.paddingBytes = Int(UInt8(truncatingIfNeeded: word >> 8))
    }

    /// Appends the eight bytes.
    func write(to bytes: inout [UInt8]) {
        bytes.append(RecordFormat.version)
        bytes.append(self.type)
        bytes.append(UInt8(truncatingIfNeeded: self.request >> 8))
        bytes.append(UInt8(truncatingIfNeeded: self.request))
        bytes.append(UInt8(truncatingIfNeeded: self.contentBytes >> 8))
        bytes.append(UInt8(truncatingIfNeeded: self.contentBytes))
        bytes.append(UInt8(truncatingIfNeeded: self.paddingBytes))
        bytes.append(0)
    }
}
