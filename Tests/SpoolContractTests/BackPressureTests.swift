import Spool
import TestSupport
import Testing

/// A spool that holds as much as it may.
@Suite(.timeLimit(.minutes(2)))
struct BackPressureTests {
    @Test(arguments: Engine.allCases)
    func aFullSpoolRefusesUntilItIsDrained(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open { $0.maximumBytes = 4 << 20 }
        let body = [UInt8](repeating: 0x78, count: 20_000)
        var taken: [String] = []
        for number in 0..<1000 where spool.refusing == nil {
            do {
                try await spool.append([.make("\(number)", body: body)])
                taken.append("\(number)")
            } catch {
                #expect(error as? SpoolError == Expected.full)
            }
        }
        #expect(taken.count > 100 && taken.count < 220)
        #expect(spool.refusing == Expected.full)
        #expect((spool.refusing?.retryAfterSeconds ?? 0) > 0)
        #expect(spool.refusing?.message.contains("raise the bound") == true)
        await #expect(throws: Expected.full) { try await spool.append([.make("more", body: body)]) }
        let statistics = try spool.statistics()
        #expect(statistics.refusing == Expected.full)
        #expect(statistics.fresh == taken.count)
        #expect(statistics.bytes <= statistics.maximumBytes)

        // Deliveries alone make room again.
        try await withSession(spool) { session async throws in
            let calls = try await session.allFresh()
            #expect(calls.map(\.messageId) == taken)
            try await session.settle(calls.map { .delivered(id: $0.id) })
            while spool.refusing != nil { try await Task.sleep(for: .milliseconds(20)) }
            try await spool.append([.make("more", body: body)])
            #expect(try await session.allFresh().map(\.messageId) == ["more"])
        }
    }
}
