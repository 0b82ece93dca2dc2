import TestSupport
import Testing

@testable import Spool

@Suite(.timeLimit(.minutes(2)))
struct DuplicateTests {
    @Test(arguments: Engine.allCases)
    func repeatsAreFoundInABatchAcrossBatchesAndAfterReopening(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        let first = try await spool.append([.make("a"), .make("b"), .make("a"), .make("a"), .make("c")])
        #expect(first.duplicates == [2, 3])
        let second = try await spool.append([.make("c"), .make("d"), .make("d")])
        #expect(second.duplicates == [0, 2])
        spool.close()
        let reopened = try fixture.open()
        #expect(try await reopened.append([.make("d"), .make("a"), .make("e")]).duplicates == [0, 1])
        let calls = try await withSession(reopened) { try await $0.allFresh() }
        #expect(calls.map(\.messageId) == ["a", "b", "c", "d", "e"])
    }

    @Test(arguments: Engine.allCases)
    func aRepeatIsFoundWhicheverSpoolSawTheFirst(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spools = try (0..<2).map { _ in
            try fixture.open { settings in settings.files = { $0.dedupeRunKeys = 50 } }
        }
        for round in 0..<400 {
            let writer = spools[round % 2]
            #expect(try await writer.append([.make("\(round)")]).duplicates.isEmpty)
            let other = spools[(round + 1) % 2]
            #expect(try await other.append([.make("\(round)"), .make("\(round / 2)")]).duplicates == [0, 1])
        }
        let statistics = try spools.map { try $0.statistics() }
        #expect(statistics.map(\.appended) == [400, 400])
        #expect(statistics.map(\.dedupeIds) == [400, 400])
        switch engine {
        case .sqlite: #expect(statistics.map(\.duplicates) == [800, 800])
        // A server keeps no count of what it did not store: each process has its own.
        case .jetStream: #expect(statistics.map(\.duplicates) == [400, 400])
        }
    }

    @Test(arguments: Engine.allCases)
    func aDeliveredCallIsStillRemembered(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await spool.append([.make("a")])
        try await withSession(spool) { try await $0.settle([.delivered(id: 1)]) }
        #expect(try await spool.append([.make("a")]).duplicates == [0])
    }

    @Test(arguments: Engine.allCases)
    func keysThatDifferInOneHalfAreDifferent(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
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

    /// Of the real clock, because servers have no other. That it is known until then, the others show.
    @Test(arguments: Engine.allCases)
    func aKeyIsForgottenAfterTheWindow(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open { $0.dedupeWindow = .seconds(3) }
        #expect(try await spool.append([.make("old")]).duplicates.isEmpty)
        try await Task.sleep(for: .seconds(5))
        // Time is looked at when something comes.
        try await spool.append([.make("between")])
        #expect(try await spool.append([.make("old")]).duplicates.isEmpty)
        #expect(try spool.statistics().dedupeWindow == 3000)
    }
}
