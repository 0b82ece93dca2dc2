/// The counts of one source, or of all, over all responders. A value.
struct LiveSeries: Sendable {
    /// Seconds over which the present rate is an average.
    static let rateSeconds = 10

    /// Complete seconds, the oldest first; ``StageHistory/seconds`` points.
    private var seconds: [LiveStage: [UInt64]] = [:]
    /// Minutes, the last of them the present one; ``StageHistory/minutes`` points.
    private var minutes: [LiveStage: [UInt64]] = [:]
    /// The second before this one.
    private let lastSecond: Int64

    /// - Parameter now: milliseconds since 1970.
    init(at now: Int64) {
        // The present second is not over: it would always look like a drop.
        self.lastSecond = StageHistory.second(of: now) - 1
    }

    /// Adds what one responder counted up to `second`.
    mutating func add(_ series: LiveFeed.Series, through second: Int64) {
        for (stage, points) in series.seconds {
            Self.add(
                points,
                endingAt: second,
                to: &self.seconds[stage, default: [UInt64](repeating: 0, count: StageHistory.seconds)],
                endingAt: self.lastSecond
            )
        }
        for (stage, points) in series.minutes {
            Self.add(
                points,
                endingAt: StageHistory.minute(of: second),
                to: &self.minutes[stage, default: [UInt64](repeating: 0, count: StageHistory.minutes)],
                endingAt: StageHistory.minute(of: self.lastSecond + 1)
            )
        }
    }

    /// Aligns by the ends: a responder's file may be some seconds old. What lies outside is left out.
    private static func add(
        _ points: [UInt64],
        endingAt end: Int64,
        to sums: inout [UInt64],
        endingAt last: Int64
    ) {
        let (behind, overflow) = last.subtractingReportingOverflow(end)
        guard !overflow, abs(behind) < 1_000_000 else { return }
        let shift = sums.count - 1 - Int(behind) - (points.count - 1)
        for (offset, point) in points.enumerated() where sums.indices.contains(shift + offset) {
            sums[shift + offset] &+= point
        }
    }

    /// Two minutes of some stages together, second by second.
    func seconds(_ stages: [LiveStage]) -> [UInt64] { Self.sum(self.seconds, stages, StageHistory.seconds) }

    /// An hour of some stages together, minute by minute.
    func minutes(_ stages: [LiveStage]) -> [UInt64] { Self.sum(self.minutes, stages, StageHistory.minutes) }

    /// How many there were in the last hour.
    func lastHour(_ stages: [LiveStage]) -> UInt64 { self.minutes(stages).reduce(0, &+) }

    /// How many a second there were on average in the last ``rateSeconds``.
    func perSecond(_ stages: [LiveStage]) -> Double {
        Double(self.seconds(stages).suffix(Self.rateSeconds).reduce(0, &+)) / Double(Self.rateSeconds)
    }

    private static func sum(_ series: [LiveStage: [UInt64]], _ stages: [LiveStage], _ count: Int) -> [UInt64] {
        var result = [UInt64](repeating: 0, count: count)
        for stage in stages {
            guard let points = series[stage] else { continue }
            for (index, point) in points.enumerated() where result.indices.contains(index) { result[index] &+= point }
        }
        return result
    }
}
