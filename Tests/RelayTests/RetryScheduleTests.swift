import Testing

@testable import Relay

@Suite struct RetryScheduleTests {
    private let schedule = RetrySchedule(RelayOptions())

    @Test(
        arguments: [
            (1, 1_000), (2, 2_000), (3, 4_000), (4, 8_000), (5, 16_000), (6, 32_000), (7, 64_000), (8, 128_000),
            (9, 256_000), (10, 300_000), (11, 300_000), (1_700, 300_000), (Int.max, 300_000), (0, 1_000),
        ] as [(Int, Int64)]
    )
    func ceilingDoublesUpToTheCap(attempts: Int, ceiling: Int64) {
        #expect(self.schedule.ceiling(attempts: max(attempts, 1)) == ceiling)
    }

    @Test(arguments: [1, 3, 9, 20])
    func waitsFillTheWholeRange(attempts: Int) {
        var random = SplitMix(seed: 5)
        let ceiling = self.schedule.ceiling(attempts: attempts)
        let waits = (0..<2_000).map { _ in self.schedule.wait(attempts: attempts, retryAfter: 0, using: &random) }
        #expect(waits.allSatisfy { (0...ceiling).contains($0) })
        #expect((waits.min() ?? .max) < ceiling / 20)
        #expect((waits.max() ?? 0) > ceiling * 19 / 20)
        let mean = waits.reduce(0, +) / 2_000
        #expect((ceiling * 45 / 100...ceiling * 55 / 100).contains(mean))
    }

    @Test func theSameSeedGivesTheSameWaits() {
        var first = SplitMix(seed: 9)
        var second = SplitMix(seed: 9)
        for attempts in 1...50 {
            let wait = self.schedule.wait(attempts: attempts, retryAfter: 0, using: &first)
            let same = self.schedule.wait(attempts: attempts, retryAfter: 0, using: &second)
            #expect(wait == same)
        }
    }

    @Test(
        arguments: [
            (nil, 0), (Duration.seconds(7), 7_000), (.seconds(-5), 0), (.seconds(200 * 3_600), 24 * 3_600 * 1_000),
            (.seconds(Int64.max), 24 * 3_600 * 1_000), (.milliseconds(1_500), 1_500),
        ] as [(Duration?, Int64)]
    )
    func retryAfterIsBounded(asked: Duration?, granted: Int64) {
        #expect(self.schedule.bounded(retryAfter: asked) == granted)
    }

    @Test func retryAfterIsAMinimum() {
        var random = SplitMix(seed: 1)
        for _ in 0..<100 {
            let least = self.schedule.wait(attempts: 1, retryAfter: 60_000, using: &random)
            #expect(least == 60_000)
            let longer = self.schedule.wait(attempts: 9, retryAfter: 300, using: &random)
            #expect((300...256_000).contains(longer))
        }
    }

    @Test(
        arguments: [
            (5, 0, 72 * 3_600_000, true), (5, 0, 72 * 3_600_000 - 1, false), (4, 0, 1_000 * 3_600_000, false),
            (900, 1_000, 0, false), (5, Int64.min, Int64.max, false),
        ] as [(Int, Int64, Int64, Bool)]
    )
    func expiresAfterTheTimeAndNotBeforeTheAttempts(attempts: Int, first: Int64, now: Int64, expired: Bool) {
        #expect(self.schedule.isExpired(attempts: attempts, firstAttemptAt: first, now: now) == expired)
    }

    @Test(
        arguments: [
            (1_000, 1_500, 10_000, 5_500), (1_000, 500, 10_000, 5_000), (1_000, 900_000, 10_000, 15_000),
            (1_000, Int64.max, 10_000, 15_000), (1_000, Int64.min, 10_000, 5_000), (-5, Int64.max, 10_000, 15_000),
        ] as [(Int64, Int64, Int64, Int64)]
    )
    func persistedTimesAreBroughtIntoRange(wall: Int64, persisted: Int64, bound: Int64, monotonic: Int64) {
        let now = RelayTime(wall: wall, monotonic: 5_000)
        #expect(now.monotonic(ofWall: persisted, within: bound) == monotonic)
    }
}
