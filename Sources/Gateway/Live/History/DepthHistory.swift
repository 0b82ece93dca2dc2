/// How many calls waited, second by second for two minutes.
///
/// A value of bounded size. Like ``StageHistory`` it does not mind a clock that jumps.
struct DepthHistory: Sendable {
    /// A second of which nothing is known.
    static let unknown: Int64 = -1

    private var stamps = [Int64](repeating: .min, count: StageHistory.seconds)
    private var depths = [Int64](repeating: 0, count: StageHistory.seconds)

    /// Notes the depth about `second` (since 1970); the last of a second counts.
    mutating func note(_ depth: Int, at second: Int64) {
        let slot = self.slot(of: second)
        self.stamps[slot] = second
        self.depths[slot] = Int64(depth)
    }

    /// The depths up to `second`, the oldest first; ``StageHistory/seconds`` points, some of them ``unknown``.
    func series(through second: Int64) -> [Int64] {
        let count = Int64(self.stamps.count)
        return (0..<count).map { offset in
            let stamp = second &- (count - 1 - offset)
            let slot = self.slot(of: stamp)
            return self.stamps[slot] == stamp ? self.depths[slot] : Self.unknown
        }
    }

    /// What several responders noted of the one spool, aligned by their ends: the points up to `last` from the first that
    /// is known; a gap is as deep as what was before it.
    static func merge(_ series: [(points: [Int64], second: Int64)], through last: Int64) -> [UInt64] {
        var merged = [Int64](repeating: Self.unknown, count: StageHistory.seconds)
        for (points, second) in series {
            let (behind, overflow) = last.subtractingReportingOverflow(second)
            guard !overflow, abs(behind) < Int64(StageHistory.seconds) else { continue }
            let shift = merged.count - points.count - Int(behind)
            for (offset, point) in points.enumerated() where merged.indices.contains(shift + offset) {
                merged[shift + offset] = max(merged[shift + offset], point)
            }
        }
        var before: UInt64 = 0
        return merged.drop { $0 < 0 }.map { point in
            if point >= 0 { before = UInt64(point) }
            return before
        }
    }

    private func slot(of stamp: Int64) -> Int {
        let count = Int64(self.stamps.count)
        return Int((stamp % count + count) % count)
    }
}
