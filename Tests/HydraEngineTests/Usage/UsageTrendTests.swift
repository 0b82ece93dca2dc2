import Glibc
import Testing

@testable import HydraEngine

/// A trend is named only where the counts support it.
@Suite struct UsageTrendTests {
    static let cases: [(now: Int64, before: Int64, direction: UsageTrend.Direction)] = [
        (0, 0, .none), (1, 0, .none), (0, 1, .none), (3, 1, .none), (5, 5, .none), (4, 0, .new), (0, 4, .dormant),
        (30, 10, .rising), (10, 30, .falling), (100, 100, .steady), (1_000, 1_050, .steady), (1_000, 1_200, .falling),
        (12, 10, .none), (5_100, 4_800, .steady), (Int64.max / 4, Int64.max / 2, .falling),
    ]

    @Test(arguments: Self.cases.indices)
    func namesTheDirection(index: Int) {
        let (now, before, direction) = Self.cases[index]
        let trend = UsageTrend(now: now, before: before, days: 30, daysBefore: 30)
        #expect(trend.direction == direction, "\(now) against \(before): \(trend.text)")
        #expect(trend.isSupported == (direction != .none))
    }

    @Test func aDayThatHasBegunCountsForItsPart() {
        // 10 uses in half a day are as many as 20 in a day.
        let trend = UsageTrend(now: 200, before: 400, days: 0.5, daysBefore: 1)
        #expect(trend.direction == .steady)
        #expect(trend.ratio == 1)
    }

    @Test func theBoundsHoldTheRatio() throws {
        for now in stride(from: Int64(1), to: 200, by: 7) {
            for before in stride(from: Int64(1), to: 200, by: 11) {
                let trend = UsageTrend(now: now, before: before, days: 7, daysBefore: 7)
                let ratio = try #require(trend.ratio)
                #expect(try #require(trend.low) < ratio)
                #expect(try #require(trend.high) > ratio)
            }
        }
    }

    @Test func thePromisedShareOfSteadyUseIsCalledSteadyOrNothing() {
        // Poisson counts around one mean: a change is named in at most 5 % of them (the Wilson interval's promise, with
        // what chance allows in 4,000 draws).
        var random = SeededGenerator(seed: 7)
        var wrong = 0
        for _ in 0..<4_000 {
            let trend = UsageTrend(
                now: Self.poisson(20, &random),
                before: Self.poisson(20, &random),
                days: 30,
                daysBefore: 30
            )
            if trend.direction != .none && trend.direction != .steady { wrong += 1 }
        }
        #expect(Double(wrong) / 4_000 < 0.06)
    }

    private static func poisson(_ mean: Double, _ random: inout SeededGenerator) -> Int64 {
        var count: Int64 = 0
        var time = 0.0
        while true {
            time -= log(1 - Double.random(in: 0..<1, using: &random))
            if time > mean { return count }
            count += 1
        }
    }
}
