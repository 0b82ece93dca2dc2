import Spool
import TestSupport
import Testing

/// What is kept of events that became no calls, and what is counted.
@Suite(.timeLimit(.minutes(2)))
struct RecordTests {
    @Test(arguments: Engine.allCases)
    func rejectedEventsAreListedAndTheOldestMakeRoom(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open { $0.rejectedMaximum = 10 }
        for number in 0..<30 {
            try await spool.append([.make("call\(number)")], rejected: [.make("bad\(number)")])
        }
        let records = try spool.rejectedEvents(after: 0, limit: 100)
        #expect(records.map(\.event.messageId) == (20..<30).map { "bad\($0)" })
        #expect(records.first?.event == .make("bad20"))
        let middle = try #require(records.dropFirst(4).first?.id)
        #expect(try spool.rejectedEvents(after: middle, limit: 2).map(\.event.messageId) == ["bad25", "bad26"])
        let statistics = try spool.statistics()
        #expect(statistics.rejected == 10)
        #expect(statistics.rejectedDropped == 20)
        #expect(statistics.fresh == 30)
    }

    @Test(arguments: Engine.allCases)
    func aRejectedEventIsCutButItsLengthIsKept(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        let raw = [UInt8](repeating: 65, count: SpoolLimits.rejectedBytes + 7)
        try await spool.append([], rejected: [.make("big", raw: raw)])
        let record = try #require(try spool.rejectedEvents(after: 0, limit: 1).first)
        #expect(record.rawBytes == raw.count)
        #expect(record.event.raw.count == SpoolLimits.rejectedBytes)
    }

    @Test(arguments: Engine.allCases)
    func statisticsTellEachSourceAndTheOldestCall(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await spool.append([
            .make("1", source: "shop", receivedAt: 500), .make("2", source: "blog", receivedAt: 700),
            .make("3", source: "shop", receivedAt: 900), .make("3", source: "shop", receivedAt: 900),
        ])
        try await withSession(spool) { session async throws in
            try await session.settle([.retry(id: 1, attempts: 1, firstAttemptAt: 1, notBefore: 9, reason: "503")])
            try await session.settle([.delivered(id: 2)])
        }
        let statistics = try spool.statistics()
        #expect(statistics.fresh == 1)
        #expect(statistics.deferred == 1)
        #expect(statistics.depth == 2)
        #expect(statistics.oldestReceivedAt == 500)
        #expect(statistics.appended == 3)
        #expect(statistics.duplicates == 1)
        #expect(statistics.delivered == 1)
        #expect(statistics.dedupeIds == 3)
        #expect(statistics.lastId == 3)
        #expect(statistics.bytes > 0)
        #expect(statistics.freeBytes > 0)
        #expect(statistics.sources.map(\.source) == ["blog", "shop"])
        #expect(statistics.sources.map(\.depth) == [0, 2])
        #expect(statistics.sources.map(\.oldestReceivedAt) == [nil, 500])
        #expect(statistics.refusing == nil)
    }
}
