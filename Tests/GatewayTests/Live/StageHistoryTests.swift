import Testing

@testable import Gateway

@Suite struct StageHistoryTests {
    private func counts(_ stage: LiveStage, _ count: UInt64) -> StageCounts {
        var counts = StageCounts()
        counts[stage] = count
        return counts
    }

    @Test func secondsAndMinutesAreCounted() {
        var history = StageHistory()
        history.add(self.counts(.queued, 2), at: 60_000)
        history.add(self.counts(.queued, 3), at: 60_999)
        history.add(self.counts(.dead, 1), at: 61_000)
        #expect(history.seconds(.queued, through: 61).suffix(2) == [5, 0])
        #expect(history.seconds(.dead, through: 61).last == 1)
        #expect(history.minutes(.queued, through: 1).suffix(2) == [0, 5])
        #expect(history.seconds(.queued, through: 61).count == StageHistory.seconds)
        #expect(history.minutes(.queued, through: 1).count == StageHistory.minutes)
    }

    @Test func whatIsOlderThanTheWindowIsForgotten() {
        var history = StageHistory()
        history.add(self.counts(.queued, 1), at: 0)
        let last = Int64(StageHistory.seconds)
        #expect(history.seconds(.queued, through: last - 1).first == 1)
        #expect(history.seconds(.queued, through: last).allSatisfy { $0 == 0 })
        history.add(self.counts(.queued, 7), at: last * 1_000)
        #expect(history.seconds(.queued, through: last).last == 7)
    }

    @Test(arguments: [3_600, 86_400 * 365, -3_600, -30] as [Int64])
    func aClockThatJumpsShowsOnlyWhatHappenedThen(jump: Int64) {
        var history = StageHistory()
        let before: Int64 = 1_700_000_000
        for second in before - 100...before { history.add(self.counts(.queued, 1), at: second * 1_000) }
        let after = before + jump
        history.add(self.counts(.queued, 5), at: after * 1_000)
        let series = history.seconds(.queued, through: after)
        // A short way back meets seconds that were counted already: they were, and stay.
        #expect(series.last == (jump == -30 ? 6 : 5))
        #expect(series.dropLast().allSatisfy { $0 <= 1 })
        if abs(jump) > 1_000 { #expect(series.dropLast().allSatisfy { $0 == 0 }) }
        // And it goes on.
        history.add(self.counts(.queued, 2), at: (after + 1) * 1_000)
        #expect(history.seconds(.queued, through: after + 1).last == (jump == -30 ? 3 : 2))
    }

    @Test func timesBefore1970HaveBucketsToo() {
        var history = StageHistory()
        history.add(self.counts(.queued, 4), at: -1)
        #expect(history.seconds(.queued, through: -1).last == 4)
        #expect(history.minutes(.queued, through: -1).last == 4)
    }

    @Test func countsStopAtTheirLimitInsteadOfTrapping() {
        var history = StageHistory()
        history.add(self.counts(.queued, .max), at: 0)
        history.add(self.counts(.queued, .max), at: 0)
        #expect(history.seconds(.queued, through: 0).last == .max)
    }

    @Test func aCounterThatBeganAnewCountsWhole() {
        let before = self.counts(.delivered, 100)
        #expect(self.counts(.delivered, 130).since(before)[.delivered] == 30)
        #expect(self.counts(.delivered, 4).since(before)[.delivered] == 4)
    }

    @Test func theDepthOfTheQueueIsOneWhoeverNotesIt() {
        var depths = DepthHistory()
        depths.note(3, at: 10)
        depths.note(4, at: 10)
        depths.note(6, at: 12)
        #expect(depths.series(through: 12).suffix(4) == [-1, 4, -1, 6])
        #expect(depths.series(through: 11 + Int64(StageHistory.seconds)).first == 6)
        let merged = DepthHistory.merge(
            [([4, -1, 6], 12), ([5, 9], 13), ([1], 500), ([1], .min)],
            through: 13
        )
        #expect(merged == [4, 4, 6, 9])
        #expect(DepthHistory.merge([], through: 13).isEmpty)
    }

    @Test func seriesOfSeveralRespondersAreAlignedByTheirEnds() {
        // Now is second 1,000; the present second does not count yet.
        var sum = LiveSeries(at: 1_000_000)
        sum.add(LiveFeed.Series(seconds: [.queued: [1, 2, 3]]), through: 999)
        // A file that is two seconds old, and one of a responder whose clock is ahead.
        sum.add(LiveFeed.Series(seconds: [.queued: [10, 20]]), through: 997)
        sum.add(LiveFeed.Series(seconds: [.queued: [100, 200, 300]]), through: 1_001)
        sum.add(LiveFeed.Series(seconds: [.queued: [7]]), through: .min)
        sum.add(LiveFeed.Series(seconds: [.queued: [7]]), through: 0)
        #expect(sum.seconds([.queued]).suffix(4) == [10, 21, 2, 103])
        #expect(sum.perSecond([.queued]) == 13.6)
    }
}
