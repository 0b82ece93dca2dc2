/// How many events reached each stage: second by second for two minutes, minute by minute for an hour.
///
/// A value of bounded size, 6.7 KB. Each bucket says which second or minute it is of, so a clock that jumps needs no
/// care: what is not of the time that is asked for counts as nothing, and its bucket is used again when its turn comes.
struct StageHistory: Sendable {
    /// Points of the finer history.
    static let seconds = 120
    /// Points of the coarser one.
    static let minutes = 60

    private var seconds = Buckets(count: StageHistory.seconds)
    private var minutes = Buckets(count: StageHistory.minutes)

    /// Counts what happened about `milliseconds` (since 1970).
    mutating func add(_ counts: StageCounts, at milliseconds: Int64) {
        guard !counts.isZero else { return }
        let second = Self.second(of: milliseconds)
        self.seconds.add(counts, at: second)
        self.minutes.add(counts, at: Self.floor(second, 60))
    }

    /// The finer history of one stage up to `second`, the oldest first; ``seconds`` points.
    func seconds(_ stage: LiveStage, through second: Int64) -> [UInt32] {
        self.seconds.series(stage, through: second)
    }

    /// The coarser one up to `minute` (since 1970); ``minutes`` points.
    func minutes(_ stage: LiveStage, through minute: Int64) -> [UInt32] {
        self.minutes.series(stage, through: minute)
    }

    /// The second since 1970 of a time in milliseconds.
    static func second(of milliseconds: Int64) -> Int64 { self.floor(milliseconds, 1_000) }

    /// The minute since 1970 of a second.
    static func minute(of second: Int64) -> Int64 { self.floor(second, 60) }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }
}

/// Counters by time: the bucket of a time is its remainder.
private struct Buckets: Sendable {
    private var stamps: [Int64]
    private var counts: [UInt32]

    init(count: Int) {
        self.stamps = [Int64](repeating: .min, count: count)
        self.counts = [UInt32](repeating: 0, count: count * LiveStage.allCases.count)
    }

    mutating func add(_ amounts: StageCounts, at stamp: Int64) {
        let slot = self.slot(of: stamp)
        let isFresh = self.stamps[slot] != stamp
        self.stamps[slot] = stamp
        for stage in LiveStage.allCases {
            let index = self.index(slot, stage)
            let before = isFresh ? 0 : self.counts[index]
            self.counts[index] = UInt32(clamping: UInt64(before) &+ min(amounts[stage], UInt64(UInt32.max)))
        }
    }

    func series(_ stage: LiveStage, through last: Int64) -> [UInt32] {
        let count = Int64(self.stamps.count)
        return (0..<count).map { offset in
            let stamp = last &- (count - 1 - offset)
            let slot = self.slot(of: stamp)
            return self.stamps[slot] == stamp ? self.counts[self.index(slot, stage)] : 0
        }
    }

    private func slot(of stamp: Int64) -> Int {
        let count = Int64(self.stamps.count)
        return Int((stamp % count + count) % count)
    }

    private func index(_ slot: Int, _ stage: LiveStage) -> Int {
        slot * LiveStage.allCases.count + Int(stage.rawValue)
    }
}
