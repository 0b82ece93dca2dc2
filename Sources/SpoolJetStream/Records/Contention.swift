/// What a process says to the others of its wish to deliver.
///
/// A plain value; safe on any thread.
struct Contention: Sendable, Equatable {
    enum Kind: UInt8, Sendable {
        case leaves = 0
        case waits = 1
    }

    private static let version: UInt8 = 1

    var kind: Kind

    /// Which one, by a random number.
    var process: UInt64

    var bytes: [UInt8] {
        var writer = RecordWriter()
        writer.put(Self.version)
        writer.put(self.kind.rawValue)
        writer.put(self.process)
        return writer.bytes
    }

    init(kind: Kind, process: UInt64) {
        self.kind = kind
        self.process = process
    }

    /// nil when the message is none of ours.
    init?(_ bytes: [UInt8]) {
        var reader = RecordReader(bytes)
        guard let version = try? reader.byte(), version == Self.version, let byte = try? reader.byte(),
            let kind = Kind(rawValue: byte), let process = try? reader.uint64()
        else { return nil }
        self.kind = kind
        self.process = process
    }
}
