import TestSupport
import Testing

@testable import Spool

@Suite(.timeLimit(.minutes(2)))
struct DedupeTests {
    let fixture: SpoolFixture

    init() throws {
        self.fixture = try SpoolFixture()
    }

    private static let window: Int64 = 48 * 3_600_000

    @Test
    func repeatsAreFoundInABatchAcrossBatchesAndAfterReopening() async throws {
        let spool = try self.fixture.open()
        let first = try await spool.append([.make("a"), .make("b"), .make("a"), .make("a"), .make("c")])
        #expect(first.duplicates == [2, 3])
        let second = try await spool.append([.make("c"), .make("d"), .make("d")])
        #expect(second.duplicates == [0, 2])
        spool.close()
        let reopened = try self.fixture.open()
        #expect(try await reopened.append([.make("d"), .make("a"), .make("e")]).duplicates == [0, 1])
        let calls = try await withSession(reopened) { try await $0.allFresh() }
        #expect(calls.map(\.messageId) == ["a", "b", "c", "d", "e"])
    }

    @Test
    func aRepeatIsFoundWhicheverSpoolSawTheFirst() async throws {
        let spools = [try self.fixture.open { $0.dedupeRunKeys = 50 }, try self.fixture.open { $0.dedupeRunKeys = 50 }]
        for round in 0..<400 {
            let writer = spools[round % 2]
            #expect(try await writer.append([.make("\(round)")]).duplicates.isEmpty)
            let other = spools[(round + 1) % 2]
            #expect(try await other.append([.make("\(round)"), .make("\(round / 2)")]).duplicates == [0, 1])
        }
        let statistics = try spools[0].statistics()
        #expect(statistics.appended == 400)
        #expect(statistics.duplicates == 800)
        #expect(statistics.dedupeIds == 400)
    }

    @Test
    func aDeliveredCallIsStillRemembered() async throws {
        let spool = try self.fixture.open()
        try await spool.append([.make("a")])
        try await withSession(spool) { try await $0.settle([.delivered(id: 1)]) }
        #expect(try await spool.append([.make("a")]).duplicates == [0])
    }

    @Test
    func keysThatDifferInOneHalfAreDifferent() async throws {
        let spool = try self.fixture.open()
        func call(_ high: UInt64, _ low: UInt64) -> NewCall {
            let model = NewCall.make("x")
            return NewCall(
                source: model.source,
                kind: model.kind,
                lane: 1,
                dedupe: DedupeKey(high: high, low: low),
                messageId: "x",
                traceId: "",
                receivedAt: 1,
                body: []
            )
        }
        let calls = [call(0, 0), call(0, 1), call(1, 0), call(.max, .max), call(0, 0), call(1, 0)]
        #expect(try await spool.append(calls).duplicates == [4, 5])
        #expect(try await spool.append(calls).duplicates == [0, 1, 2, 3, 4, 5])
    }

    /// A key is remembered for the window at least, and for a sixteenth of it more at most once time is looked at.
    @Test(arguments: [1, 40, 1000])
    func aKeyIsForgottenAfterTheWindow(runKeys: Int) async throws {
        let spool = try self.fixture.open { $0.dedupeRunKeys = runKeys }
        try await spool.append([.make("old")])
        let step = Self.window / 100
        for number in 0..<99 {
            self.fixture.passTime(milliseconds: step)
            try await spool.append([.make("\(number)")])
            #expect(try await spool.append([.make("old")]).duplicates == [0])
        }
        for number in 99..<110 {
            self.fixture.passTime(milliseconds: step)
            try await spool.append([.make("\(number)")])
        }
        #expect(try await spool.append([.make("old")]).duplicates.isEmpty)
        #expect(try spool.statistics().dedupeWindow == Self.window)
        #expect(try spool.statistics().dedupeIds < 115)
    }

    @Test
    func theBoundForgetsTheOldestAndSaysSo() async throws {
        let spool = try self.fixture.open {
            $0.dedupeRunKeys = 100
            $0.dedupeMaximum = 1000
        }
        for round in 0..<50 {
            self.fixture.passTime(milliseconds: 60_000)
            try await spool.append((0..<50).map { .make("\(round)/\($0)") })
        }
        let statistics = try spool.statistics()
        #expect(statistics.dedupeIds <= 1000 + 50)
        #expect(statistics.dedupeIds >= 900)
        let minutes = statistics.dedupeWindow / 60_000
        #expect(minutes >= 15 && minutes <= 21)
        #expect(try await spool.append([.make("49/7"), .make("40/7"), .make("0/7")]).duplicates == [0, 1])
    }

    @Test
    func severalFiltersAreReadBackWhenTheSpoolOpens() async throws {
        // More than two groups of 32 runs.
        let spool = try self.fixture.open { $0.dedupeRunKeys = 20 }
        for round in 0..<75 { try await spool.append((0..<20).map { .make("\(round)/\($0)") }) }
        spool.close()
        let reopened = try self.fixture.open { $0.dedupeRunKeys = 20 }
        let repeats = (0..<75).flatMap { round in (0..<20).map { NewCall.make("\(round)/\($0)") } }
        #expect(try await reopened.append(repeats).duplicates == Array(0..<1500))
        #expect(try await reopened.append((0..<1500).map { .make("new\($0)") }).duplicates.isEmpty)
        #expect(try reopened.statistics().dedupeIds == 3000)
    }

    @Test
    func aClockThatGoesBackForgetsNothing() async throws {
        let spool = try self.fixture.open { $0.dedupeRunKeys = 2 }
        for number in 0..<10 { try await spool.append([.make("\(number)")]) }
        self.fixture.passTime(milliseconds: -10 * Self.window)
        for number in 10..<20 { try await spool.append([.make("\(number)")]) }
        #expect(try await spool.append((0..<20).map { .make("\($0)") }).duplicates == Array(0..<20))
    }
}
