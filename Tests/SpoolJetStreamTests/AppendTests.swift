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
