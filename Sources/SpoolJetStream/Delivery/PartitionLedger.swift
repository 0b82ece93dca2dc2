internal import DequeModule
internal import Spool

/// What became of the calls of a partition: which are settled, which are deferred. Everything else in the stream is fresh.
///
/// A value; one owner. It holds as much memory as there are deferred calls, about 100 bytes each, and gaps between settled
/// ones.
struct PartitionLedger: Sendable {
    /// What a sequence stands for.
    enum Standing: Sendable, Equatable {
        /// Settled, or never there.
        case gone
        case deferred(DeferredEntry)
        /// Fresh, if there is a call with this sequence.
        case open
    }

    /// All sequences up to here are settled.
    private(set) var floor: UInt64 = 0
    /// Settled ones above it.
    private(set) var settled = SequenceSet()
    private(set) var deferred: [UInt64: DeferredEntry] = [:]
    /// The deferred sequences of each lane, ascending.
    private var lanes: [Int64: Deque<UInt64>] = [:]
    /// The lanes in their order, while nothing changes.
    private var lanesInOrder: [Int64]?

    private(set) var sources: [String] = []
    private var sourceIndices: [String: Int] = [:]
    private var delivered: [Int] = []
    private var deferredOfSource: [Int] = []

    /// The calls up to here were looked at, and those that were fresh are counted.
    private(set) var scannedThrough: UInt64 = 0
    /// Where calls were missing between those that were read: it is asked for before it is believed.
    private var missing = SequenceSet()
    /// Of each source, how many calls up to ``scannedThrough`` are fresh.
    private var freshOfSource: [Int] = []

    // MARK: Sources

    mutating func index(of source: String) -> Int {
        if let index = self.sourceIndices[source] { return index }
        let index = self.sources.count
        self.sources.append(source)
        self.sourceIndices[source] = index
        self.delivered.append(0)
        self.deferredOfSource.append(0)
        self.freshOfSource.append(0)
        return index
    }

    // MARK: Looking

    func standing(of sequence: UInt64) -> Standing {
        if sequence <= self.floor { return .gone }
        if let entry = self.deferred[sequence] { return .deferred(entry) }
        return self.settled.contains(sequence) ? .gone : .open
    }

    /// Whether a call with this sequence is fresh.
    func isFresh(_ sequence: UInt64) -> Bool {
        sequence > self.floor && self.deferred[sequence] == nil && !self.settled.contains(sequence)
    }

    /// The sources with fresh calls up to ``scannedThrough``.
    var freshSources: [String] {
        self.sources.indices.filter { self.freshOfSource[$0] > 0 }.map { self.sources[$0] }
    }

    mutating func deferredLanes(after lane: Int64?, limit: Int, partition: Int) -> [DeferredLane] {
        let lanes = self.lanesInOrder ?? self.lanes.keys.sorted()
        self.lanesInOrder = lanes
        var start = 0
        if let lane {
            var high = lanes.count
            while start < high {
                let middle = (start + high) / 2
                if lanes[middle] <= lane { start = middle + 1 } else { high = middle }
            }
        }
        return lanes[start...].prefix(max(0, limit)).compactMap { lane in
            guard let sequences = self.lanes[lane], let head = sequences.first, let entry = self.deferred[head] else {
                return nil
            }
            return DeferredLane(
                lane: lane,
                source: self.sources[entry.source],
                count: sequences.count,
                headId: CallId.make(partition: partition, sequence: head),
                notBefore: entry.notBefore,
                attempts: entry.attempts
            )
        }
    }

    /// The first deferred sequences of a lane.
    func deferredSequences(lane: Int64, limit: Int) -> [UInt64] {
        Array((self.lanes[lane] ?? []).prefix(max(0, limit)))
    }

    func deferredCount(lane: Int64) -> Int { self.lanes[lane]?.count ?? 0 }

    var summary: LedgerSummary {
        var summary = LedgerSummary()
        summary.floor = self.floor
        summary.settledAbove = self.settled.count
        summary.deferred = self.deferred.count
        summary.sources = self.sources.enumerated().map { index, name in
            LedgerSummary.Source(
                name: name,
                fresh: self.freshOfSource[index],
                deferred: self.deferredOfSource[index],
                delivered: self.delivered[index]
            )
        }
        return summary
    }

    // MARK: Changing

    /// A call was read that follows the last one that was: what lies between them was deleted, or is no call.
    mutating func noticed(_ sequence: UInt64, source: String) {
        guard sequence > self.scannedThrough else { return }
        self.passed(upTo: sequence)
        if self.isFresh(sequence) { self.freshOfSource[self.index(of: source)] += 1 }
        self.scannedThrough = sequence
    }

    /// There is no call between the last one that was read and this sequence.
    private mutating func passed(upTo sequence: UInt64) {
        let first = max(self.scannedThrough, self.floor) + 1
        guard first < sequence else { return }
        self.missing.formUnion([first...(sequence - 1)])
    }

    /// Sequences that were missing when their neighbours were read; not given out again.
    mutating func takeMissing(limit: Int) -> [UInt64] {
        var taken: [UInt64] = []
        var steps = 0
        while let range = self.missing.ranges.first, taken.count < limit, steps < 50_000 {
            var last = range.lowerBound
            for sequence in range {
                last = sequence
                steps += 1
                if self.standing(of: sequence) == .open { taken.append(sequence) }
                if taken.count == limit || steps >= 50_000 { break }
            }
            self.missing.remove(through: last)
        }
        return taken
    }

    /// It could not be found out whether they are there.
    mutating func returnMissing(_ sequences: [UInt64]) {
        self.missing.formUnion(SequenceSet(sequences).ranges)
    }

    /// The message that was read is none of ours.
    mutating func passedOver(_ sequence: UInt64) {
        guard sequence > self.scannedThrough else { return }
        self.passed(upTo: sequence)
        self.settled.formUnion([sequence...sequence])
        self.scannedThrough = sequence
        self.advance()
    }

    /// There is no message with this sequence, or not any more.
    mutating func vanished(_ sequence: UInt64) {
        self.undefer(sequence)
        self.settled.formUnion([sequence...sequence])
        self.advance()
    }

    /// Below the stream's first message there is nothing.
    mutating func raiseFloor(to sequence: UInt64) {
        guard sequence > self.floor else { return }
        for deferred in self.deferred.keys where deferred <= sequence { self.undefer(deferred) }
        self.floor = sequence
        self.settled.remove(through: sequence)
        self.advance()
    }

    /// The scan begins behind the floor.
    mutating func beginScan() {
        self.scannedThrough = self.floor
        self.freshOfSource = self.freshOfSource.map { _ in 0 }
    }

    /// - Parameter freshGone: the sequences in the change that were fresh, with their sources.
    mutating func apply(_ change: LedgerChange, freshGone: [(sequence: UInt64, source: String)] = []) {
        for (sequence, source) in freshGone where sequence <= self.scannedThrough {
            let index = self.index(of: source)
            self.freshOfSource[index] = max(0, self.freshOfSource[index] - 1)
        }
        for deferral in change.deferred where deferral.sequence > self.floor {
            var entry = deferral.entry
            entry.source = self.index(of: deferral.source)
            if self.deferred.updateValue(entry, forKey: deferral.sequence) == nil {
                self.deferredOfSource[entry.source] += 1
                self.enlist(deferral.sequence, lane: entry.lane)
            }
        }
        for (source, count) in change.delivered { self.delivered[self.index(of: source)] += count }
        if !self.deferred.isEmpty {
            for range in change.settled {
                if range.upperBound - range.lowerBound < UInt64(self.deferred.count) {
                    for sequence in range { self.undefer(sequence) }
                } else {
                    for sequence in self.deferred.keys where range.contains(sequence) { self.undefer(sequence) }
                }
            }
        }
        self.settled.formUnion(change.settled)
        self.settled.remove(through: self.floor)
        self.advance()
    }

    private mutating func advance() {
        guard let first = self.settled.ranges.first, first.lowerBound <= self.floor + 1 else { return }
        self.floor = max(self.floor, first.upperBound)
        self.settled.remove(through: self.floor)
    }

    private mutating func enlist(_ sequence: UInt64, lane: Int64) {
        var sequences = self.lanes.removeValue(forKey: lane) ?? []
        if sequences.isEmpty { self.lanesInOrder = nil }
        if let last = sequences.last, last > sequence {
            let index = sequences.firstIndex { $0 > sequence } ?? sequences.endIndex
            sequences.insert(sequence, at: index)
        } else {
            sequences.append(sequence)
        }
        self.lanes[lane] = sequences
    }

    private mutating func undefer(_ sequence: UInt64) {
        guard let entry = self.deferred.removeValue(forKey: sequence) else { return }
        self.deferredOfSource[entry.source] -= 1
        guard var sequences = self.lanes.removeValue(forKey: entry.lane) else { return }
        if sequences.first == sequence {
            sequences.removeFirst()
        } else if let index = sequences.firstIndex(of: sequence) {
            sequences.remove(at: index)
        }
        if sequences.isEmpty { self.lanesInOrder = nil } else { self.lanes[entry.lane] = sequences }
    }

    // MARK: Snapshots

    /// The ledger in pieces of bounded length.
    var snapshots: [LedgerSnapshot] {
        let ranges = self.settled.ranges
        let deferred = self.deferred.sorted { $0.key < $1.key }.map { sequence, entry in
            LedgerChange.Deferral(sequence: sequence, source: self.sources[entry.source], entry: entry)
        }
        var parts: [LedgerSnapshot] = []
        var rangesAt = 0
        var deferredAt = 0
        repeat {
            var part = LedgerSnapshot()
            part.floor = self.floor
            part.settled = Array(ranges[rangesAt...].prefix(Self.partRanges))
            part.deferred = Array(deferred[deferredAt...].prefix(Self.partDeferred))
            rangesAt += part.settled.count
            deferredAt += part.deferred.count
            if parts.isEmpty {
                part.delivered = Dictionary(uniqueKeysWithValues: zip(self.sources, self.delivered))
            }
            parts.append(part)
        } while rangesAt < ranges.count || deferredAt < deferred.count
        return parts
    }

    /// Far below what a server takes in one message.
    private static let partRanges = 10_000
    private static let partDeferred = 2_000

    init() {}

    init(_ parts: [LedgerSnapshot]) {
        for part in parts {
            self.floor = max(self.floor, part.floor)
            var change = LedgerChange()
            change.settled = part.settled
            change.delivered = part.delivered
            change.deferred = part.deferred
            self.apply(change)
        }
    }
}
