/// Who delivers a partition, and how far; renewed every second.
///
/// A plain value; safe on any thread.
struct LeaseRecord: Sendable, Equatable {
    private static let version: UInt8 = 1

    /// Let go: whoever asks next has it.
    var isReleased: Bool

    /// The holder, by a random number: the names of two gateways may be the same.
    var holder: UInt64

    /// The holder's name, for showing.
    var owner: String

    var summary: LedgerSummary

    var bytes: [UInt8] {
        var writer = RecordWriter()
        writer.put(Self.version)
        writer.put(UInt8(self.isReleased ? 1 : 0))
        writer.put(self.holder)
        writer.put(self.owner)
        writer.put(self.summary.floor)
        writer.put(UInt64(self.summary.settledAbove))
        writer.put(UInt64(self.summary.deferred))
        writer.put(UInt32(clamping: self.summary.sources.count))
        for source in self.summary.sources {
            writer.put(source.name)
            writer.put(UInt64(source.fresh))
            writer.put(UInt64(source.deferred))
            writer.put(UInt64(source.delivered))
        }
        return writer.bytes
    }

    init(isReleased: Bool, holder: UInt64, owner: String, summary: LedgerSummary) {
        self.isReleased = isReleased
        self.holder = holder
        self.owner = owner
        self.summary = summary
    }

    static func decode(_ bytes: [UInt8]) -> Decoded<LeaseRecord> {
        Decoded(bytes, version: Self.version) { reader throws(RecordReader.Malformed) in
            var record = LeaseRecord(
                isReleased: try reader.byte() == 1,
                holder: try reader.uint64(),
                owner: try reader.text(),
                summary: LedgerSummary()
            )
            record.summary.floor = try reader.uint64()
            record.summary.settledAbove = Int(clamping: try reader.uint64())
            record.summary.deferred = Int(clamping: try reader.uint64())
            for _ in 0..<(try reader.uint32()) {
                record.summary.sources.append(
                    LedgerSummary.Source(
                        name: try reader.text(),
                        fresh: Int(clamping: try reader.uint64()),
                        deferred: Int(clamping: try reader.uint64()),
                        delivered: Int(clamping: try reader.uint64())
                    )
                )
            }
            return record
        }
    }
}
