import Spool
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct AppendTests {
    @Test(arguments: Engine.allCases)
    func whatWasAppendedComesBackByteForByte(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        let body = (0...255).map { UInt8($0) } + [0, 0, 0]
        let call = NewCall(
            source: "a source – ü",
            kind: 255,
            lane: .min,
            dedupe: DedupeKey(high: .max, low: 0),
            messageId: "m\0 ✓",
            traceId: "",
            receivedAt: -5,
            body: body
        )
        let receipt = try await spool.append([call, .make("empty", lane: .max, body: [])])
        #expect(receipt.duplicates.isEmpty)
        let calls = try await withSession(spool) { try await $0.allFresh() }
        #expect(
            calls == [
                StoredCall(
                    id: 1,
                    source: "a source – ü",
                    kind: 255,
                    lane: .min,
                    messageId: "m\0 ✓",
                    traceId: "",
                    receivedAt: -5,
                    body: body
                ),
                StoredCall(
                    id: 2,
                    source: "demo",
                    kind: 2,
                    lane: .max,
                    messageId: "empty",
                    traceId: "trace-empty",
                    receivedAt: 1000,
                    body: []
                ),
            ]
        )
    }

    @Test(arguments: Engine.allCases)
    func anEmptyBatchSucceedsWithoutACommit(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        #expect(try await spool.append([]).duplicates.isEmpty)
        #expect(try spool.statistics().lastId == 0)
    }

    @Test(arguments: Engine.allCases)
    func idsRiseOverSeveralSpoolsAndReopening(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let first = try fixture.open()
        let second = try fixture.open()
        for round in 0..<20 {
            try await first.append([.make("a\(round)"), .make("b\(round)")])
            try await second.append([.make("c\(round)")])
        }
        let ids = try await withSession(second) { session async throws in
            let calls = try await session.allFresh()
            try await session.settle(calls.map { .delivered(id: $0.id) })
            return calls.map(\.id)
        }
        #expect(ids == Array(1...60))
        first.close()
        second.close()
        let third = try fixture.open()
        try await third.append([.make("later")])
        let later = try await withSession(third) { try await $0.allFresh().map(\.id) }
        #expect(later == [61])
    }

    @Test(arguments: Engine.allCases)
    func callsOfOneSubmitterKeepTheirOrderAmongMany(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spools = [try fixture.open(), try fixture.open()]
        await withTaskGroup(of: Void.self) { group in
            for submitter in 0..<16 {
                group.addTask {
                    for number in 0..<25 {
                        let call = NewCall.make("\(submitter)-\(number)", lane: Int64(submitter))
                        _ = try? await spools[submitter % 2].append([call])
                    }
                }
            }
        }
        let calls = try await withSession(spools[0]) { try await $0.allFresh() }
        #expect(calls.map(\.id) == Array(1...400))
        for submitter in 0..<16 {
            let own = calls.filter { $0.lane == Int64(submitter) }.map(\.messageId)
            #expect(own == (0..<25).map { "\(submitter)-\($0)" })
        }
    }

    /// How long a call may be is the engine's: files take `SpoolLimits.callBytes`, 16 MiB; servers their `max_payload`, 1 MiB
    /// unless they are told otherwise, which is above what the edge lets through.
    @Test(arguments: Engine.allCases)
    func aCallThatIsTooLongIsRefusedAndTheOthersLive(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        let limit = engine == .sqlite ? SpoolLimits.callBytes : 1_000_000
        let tooLong = engine == .sqlite ? SpoolLimits.callBytes + 1 : 1_100_000
        await #expect(throws: Expected.tooLarge) {
            try await spool.append([.make("long", body: [UInt8](repeating: 32, count: tooLong))])
        }
        let longest = NewCall.make("longest", body: [UInt8](repeating: 32, count: limit))
        try await spool.append([longest])
        try await spool.append([.make("short")])
        let calls = try await withSession(spool) { try await $0.allFresh() }
        #expect(calls.map(\.messageId) == ["longest", "short"])
        #expect(calls.first?.body == longest.body)
        #expect(spool.refusing == nil)
    }

    // MARK: Closing

    @Test(arguments: Engine.allCases)
    func closeCommitsWhatWaits(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        let receipts = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    do {
                        try await spool.append([.make("\(number)")])
                        return true
                    } catch let error as SpoolError where error.code == .stopped {
                        return false
                    }
                }
            }
            spool.close()
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        let stored = try fixture.open().statistics().fresh
        switch engine {
        case .sqlite: #expect(stored == receipts)
        // What was sent when the connection was closed may be stored all the same: its sender tries again, and it is known.
        case .jetStream: #expect(stored >= receipts)
        }
        await #expect(throws: Expected.stopped) { try await spool.append([.make("late")]) }
        #expect(throws: Expected.stopped) { try spool.statistics() }
    }
}
