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
