import Testing

@testable import HydraEngine

/// So many a second, a few at once, whatever the clock does.
@Suite struct RateLimitTests {
    private func taken(_ limit: inout RateLimit, _ milliseconds: [Int64]) -> [Bool] {
        var taken: [Bool] = []
        for time in milliseconds { taken.append(limit.take(at: self.instant(time))) }
        return taken
    }

    private func instant(_ milliseconds: Int64) -> Instant { Instant(milliseconds: 1_000_000 + milliseconds) }

    @Test func aBurstThenOneASecond() {
        var limit = RateLimit(perSecond: 1, burst: 3)
        #expect(self.taken(&limit, [0, 0, 0, 0, 0]) == [true, true, true, false, false])
        let delays = [0, 400].map { limit.delay(at: self.instant($0)) }
        #expect(delays == [.milliseconds(1_000), .milliseconds(600)])
        #expect(self.taken(&limit, [999, 1_000, 1_001]) == [false, true, false])
    }

    @Test func aSecondInPartsIsASecond() {
        var limit = RateLimit(perSecond: 1, burst: 1)
        #expect(self.taken(&limit, Array(0...1_000)).enumerated().filter(\.element).map(\.offset) == [0, 1_000])
    }

    @Test func aPauseGivesABurstAndNoMore() {
        var limit = RateLimit(perSecond: 1, burst: 3)
        _ = self.taken(&limit, [0, 0, 0])
        let day: Int64 = 86_400_000
        #expect(self.taken(&limit, [day, day, day, day]) == [true, true, true, false])
    }

    @Test func aClockThatIsSetBackNeitherGivesNorTakes() {
        var limit = RateLimit(perSecond: 1, burst: 1)
        #expect(self.taken(&limit, [0, -900_000, -899_500, -899_000]) == [true, false, false, true])
    }
}
