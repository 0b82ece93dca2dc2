/// A record of a partition's journal.
///
/// A plain value; safe on any thread.
enum JournalRecord: Sendable, Equatable {
    /// Another owner begins.
    case term(UInt64, owner: String)

    /// What became of calls.
    case settled(LedgerChange)

    /// The ledger as of here, in pieces that follow each other; only the last one makes them count.
    case snapshot(part: UInt32, isLast: Bool, LedgerSnapshot)

    private static let version: UInt8 = 1

    var bytes: [UInt8] {
        var writer = RecordWriter(reserving: 256)
        writer.put(Self.version)
        switch self {
        case .term(let term, let owner):
            writer.put(UInt8(1))
            writer.put(term)
            writer.put(owner)
        case .settled(let change):
            writer.put(UInt8(2))
            Self.put(change.settled, &writer)
            Self.put(change.delivered, &writer)
            Self.put(change.deferred, &writer)
        case .snapshot(let part, let isLast, let snapshot):
            writer.put(UInt8(3))
            writer.put(part)
            writer.put(UInt8(isLast ? 1 : 0))
            writer.put(snapshot.floor)
            Self.put(snapshot.settled, &writer)
            Self.put(snapshot.delivered, &writer)
            Self.put(snapshot.deferred, &writer)
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) -> Decoded<JournalRecord> {
        Decoded(bytes, version: Self.version) { reader throws(RecordReader.Malformed) in
            switch try reader.byte() {
            case 1: return .term(try reader.uint64(), owner: try reader.text())
            case 2:
                var change = LedgerChange()
                change.settled = try Self.ranges(&reader)
                change.delivered = try Self.delivered(&reader)
                change.deferred = try Self.deferred(&reader)
                return .settled(change)
            case 3:
                let part = try reader.uint32()
                let isLast = try reader.byte() == 1
                var snapshot = LedgerSnapshot()
                snapshot.floor = try reader.uint64()
                snapshot.settled = try Self.ranges(&reader)
                snapshot.delivered = try Self.delivered(&reader)
                snapshot.deferred = try Self.deferred(&reader)
                return .snapshot(part: part, isLast: isLast, snapshot)
            default: return nil
            }
        }
    }

    // MARK: Pieces

    private static func put(_ ranges: [ClosedRange<UInt64>], _ writer: inout RecordWriter) {
        writer.put(UInt32(clamping: ranges.count))
        for range in ranges {
            writer.put(range.lowerBound)
            writer.put(UInt32(clamping: range.upperBound - range.lowerBound))
        }
    }

    private static func ranges(_ reader: inout RecordReader) throws(RecordReader.Malformed) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        for _ in 0..<(try reader.uint32()) {
            let lower = try reader.uint64()
            let (upper, overflows) = lower.addingReportingOverflow(UInt64(try reader.uint32()))
            guard !overflows else { throw RecordReader.Malformed() }
            ranges.append(lower...upper)
        }
        return ranges
    }

    private static func put(_ delivered: [String: Int], _ writer: inout RecordWriter) {
        writer.put(UInt32(clamping: delivered.count))
        for (source, count) in delivered {
            writer.put(source)
            writer.put(UInt64(clamping: count))
        }
    }

    private static func delivered(_ reader: inout RecordReader) throws(RecordReader.Malformed) -> [String: Int] {
        var delivered: [String: Int] = [:]
        for _ in 0..<(try reader.uint32()) {
            let source = try reader.text()
            delivered[source] = Int(clamping: try reader.uint64())
        }
        return delivered
    }

    private static func put(_ deferred: [LedgerChange.Deferral], _ writer: inout RecordWriter) {
        writer.put(UInt32(clamping: deferred.count))
        for deferral in deferred {
            writer.put(deferral.sequence)
            writer.put(deferral.source)
            writer.put(deferral.entry.lane)
            writer.put(UInt32(clamping: deferral.entry.size))
            writer.put(UInt32(clamping: deferral.entry.attempts))
            writer.put(deferral.entry.firstAttemptAt ?? .min)
            writer.put(deferral.entry.notBefore)
        }
    }

    private static func deferred(_ reader: inout RecordReader) throws(RecordReader.Malformed) -> [LedgerChange.Deferral]
    {
        var deferred: [LedgerChange.Deferral] = []
        for _ in 0..<(try reader.uint32()) {
            let sequence = try reader.uint64()
            let source = try reader.text()
            let lane = try reader.int64()
            let size = Int(try reader.uint32())
            let attempts = Int(try reader.uint32())
            let firstAttemptAt = try reader.int64()
            let notBefore = try reader.int64()
            deferred.append(
                LedgerChange.Deferral(
                    sequence: sequence,
                    source: source,
                    entry: DeferredEntry(
                        lane: lane,
                        source: 0,
                        size: size,
                        attempts: attempts,
                        firstAttemptAt: firstAttemptAt == .min ? nil : firstAttemptAt,
                        notBefore: notBefore
                    )
                )
            )
        }
        return deferred
    }
}
