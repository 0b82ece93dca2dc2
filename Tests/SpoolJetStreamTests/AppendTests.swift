import Spool
import TestSupport
import Testing

@testable import SpoolJetStream

@Suite(.timeLimit(.minutes(2)))
struct AppendTests {
    let fixture: JetStreamFixture

    init() throws {
        self.fixture = try JetStreamFixture()
    }

    @Test
    func whatIsAppendedIsDeliveredInOrder() async throws {
        let spool = try self.fixture.open()
        let receipt = try await spool.append((1...1000).map { .make("\($0)", lane: Int64($0 % 7)) })
        #expect(receipt.duplicates.isEmpty)
        try await withSession(spool) { session async throws in
            let calls = try await session.allFresh()
            #expect(calls.map(\.id) == Array(1...1000))
            #expect(calls.map(\.messageId) == (1...1000).map { "\($0)" })
            let call = try #require(calls.first)
            #expect(call.source == "demo" && call.kind == 2 && call.lane == 1 && call.receivedAt == 1000)
            #expect(call.traceId == "trace-1" && call.body == Array(#"{"id":"1"}"#.utf8))
            try await session.settle(calls.prefix(999).map { .delivered(id: $0.id) })
            #expect(try await session.allFresh().map(\.id) == [1000])
        }
        let statistics = try spool.statistics()
        #expect(statistics.fresh == 1)
        #expect(statistics.delivered == 999)
    }

    @Test
    func aCallThatWasSeenIsNotStoredAgain() async throws {
        let spool = try self.fixture.open()
        let other = try self.fixture.open()
        #expect(try await spool.append([.make("a"), .make("b"), .make("a")]).duplicates == [2])
        #expect(try await other.append([.make("c"), .make("b"), .make("c")]).duplicates == [1, 2])
        let ids = try await withSession(spool) { try await $0.allFresh().map(\.messageId) }
        #expect(ids == ["a", "b", "c"])
        #expect(try spool.statistics().appended == 3)
        #expect(try spool.statistics().duplicates == 1)
    }

    @Test
    func aLaneIsInOnePartition() async throws {
        let spool = try self.fixture.open { $0.partitions = 4 }
        try await spool.append((0..<400).map { .make("\($0)", lane: Int64($0 % 40)) })
        var lanes: Set<Int64> = []
        for partition in 0..<4 {
            let session = try await spool.acquireDelivery(partition: partition)
            let calls = try await session.allFresh()
            #expect(calls.allSatisfy { CallId.partition(of: $0.id) == partition })
            #expect(!calls.isEmpty)
            for lane in Set(calls.map(\.lane)) {
                #expect(lanes.insert(lane).inserted)
                let messages = calls.filter { $0.lane == lane }.compactMap { Int($0.messageId) }
                #expect(messages.count == 10 && messages == messages.sorted())
            }
            await session.release()
        }
        #expect(lanes.count == 40)
    }

    @Test
    func rejectedEventsAreKept() async throws {
        let spool = try self.fixture.open { $0.rejectedMaximum = 3 }
        try await spool.append([.make("1")], rejected: (1...5).map { .make("\($0)", source: "a b.c") })
        let records = try spool.rejectedEvents(after: 0, limit: 10)
        #expect(records.map(\.event.messageId) == ["3", "4", "5"])
        #expect(records.map(\.id) == [3, 4, 5])
        #expect(try spool.rejectedEvents(after: 3, limit: 1).map(\.id) == [4])
        let statistics = try spool.statistics()
        #expect(statistics.rejected == 3)
        #expect(statistics.rejectedDropped == 2)
        #expect(statistics.sources.first { $0.source == "a b.c" }?.rejected == 3)
    }

    @Test
    func longCallsAreReadAndTooLongOnesRefused() async throws {
        let spool = try self.fixture.open()
        let long = NewCall.make("long", body: [UInt8](repeating: 0x78, count: 1_000_000))
        try await spool.append([long, .make("short")])
        await #expect(throws: SpoolError(code: .tooLarge, message: "", retryAfterSeconds: 0)) {
            try await spool.append([.make("longer", body: [UInt8](repeating: 0x78, count: 1_100_000))])
        }
        try await withSession(spool) { session async throws in
            let calls = try await session.allFresh()
            #expect(calls.map(\.messageId) == ["long", "short"])
            #expect(calls.first?.body == long.body)
        }
        #expect(spool.refusing == nil)
    }
}
