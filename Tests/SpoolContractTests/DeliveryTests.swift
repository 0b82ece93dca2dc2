import Spool
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct DeliveryTests {
    private func openWithCalls(
        _ fixture: SpoolFixture,
        _ count: Int,
        lanes: Int64 = 3,
        source: (Int) -> String = { _ in "demo" }
    ) async throws -> any Spool {
        let spool = try fixture.open()
        let calls = (1...count).map { NewCall.make("\($0)", source: source($0), lane: Int64($0) % lanes) }
        try await spool.append(calls)
        return spool
    }

    // MARK: Reading fresh calls

    @Test(arguments: Engine.allCases)
    func freshCallsAreReadInPieces(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try await self.openWithCalls(fixture, 10)
        let cases: [(after: Int64, limit: Int, bytes: Int, expected: [Int64])] = [
            (0, 4, 1_000_000, [1, 2, 3, 4]), (7, 100, 1_000_000, [8, 9, 10]), (10, 5, 1_000_000, []),
            (0, 100, 25, [1, 2, 3]), (2, 100, 0, [3]),
        ]
        try await withSession(spool) { session async throws in
            for (after, limit, bytes, expected) in cases {
                let calls = try await session.fresh(after: after, limit: limit, maximumBytes: bytes)
                #expect(calls.map(\.id) == expected)
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func readingFromTheMiddleLosesNothing(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        let body = [UInt8](repeating: 0x78, count: 10_000)
        try await spool.append((1...2000).map { .make("\($0)", body: body) })
        try await withSession(spool) { session async throws in
            for start in [1990, 0, 1000, 1500, 5, 1999, 700, 1001, 2000, 0] as [Int64] {
                let ids = try await session.fresh(after: start, limit: .max, maximumBytes: .max).map(\.id)
                #expect(ids == Array(start + 1..<2001))
            }
            try await session.settle((500...1900).map { .delivered(id: $0) })
            #expect(try await session.allFresh().map(\.id) == Array(1...499) + Array(1901...2000))
        }
    }

    @Test(arguments: Engine.allCases)
    func aPageSaysHowFarItLookedAndWhetherThatWasTheEnd(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try await self.openWithCalls(fixture, 10) { $0 % 5 == 0 ? "rare" : "common" }
        try await withSession(spool) { session async throws in
            let cases:
                [(
                    after: Int64, sources: SourceFilter, limit: Int, rows: Int, expected: [Int64], through: Int64,
                    end: Bool
                )] = [
                    (0, .only(["rare"]), 100, 100, [5, 10], 10, true),
                    (0, .only(["rare"]), 1, 100, [5], 5, false),
                    (0, .only(["rare"]), 100, 3, [], 3, false),
                    (3, .only(["rare"]), 100, 3, [5], 6, false),
                    (0, .except(["common"]), 100, 100, [5, 10], 10, true),
                    (8, .all, 100, 100, [9, 10], 10, true),
                    (8, .all, 2, 100, [9, 10], 10, true),
                    (8, .only(["other"]), 100, 100, [], 10, true),
                    (50, .all, 100, 100, [], 50, true),
                ]
            for (after, sources, limit, rows, expected, through, end) in cases {
                let page = try await session.fresh(
                    after: after,
                    sources: sources,
                    limit: limit,
                    maximumBytes: .max,
                    maximumRows: rows
                )
                #expect(page.calls.map(\.id) == expected)
                #expect(page.scannedThrough == through)
                #expect(page.reachedEnd == end)
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func freshSourcesAreThoseWithFreshCalls(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try await self.openWithCalls(fixture, 4) { $0 == 4 ? "b" : "a" }
        try await withSession(spool) { session async throws in
            #expect(try await session.freshSources() == FreshSources(names: ["a", "b"], lastID: 4))
            try await session.settle([.park(id: 4), .delivered(id: 1)])
            #expect(try await session.freshSources() == FreshSources(names: ["a"], lastID: 4))
            try await session.settle([.delivered(id: 2), .delivered(id: 3)])
            #expect(try await session.freshSources() == FreshSources(names: [], lastID: 4))
        }
    }

    // MARK: Settling

    @Test(arguments: Engine.allCases)
    func everySettlementDoesWhatItSays(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try await self.openWithCalls(fixture, 6)
        try await withSession(spool) { session async throws in
            try await session.settle([
                .delivered(id: 1), .dead(id: 2, .make(attempts: 4, at: 77)),
                .retry(id: 3, attempts: 2, firstAttemptAt: 10, notBefore: 99, reason: "503"), .park(id: 6),
            ])
            #expect(try await session.allFresh().map(\.id) == [4, 5])
            let lanes = try await session.deferredLanes()
            #expect(
                lanes == [
                    DeferredLane(lane: 0, source: "demo", count: 2, headId: 3, notBefore: 99, attempts: 2)
                ]
            )
            let deferred = try await session.deferred(lane: 0, limit: 10, maximumBytes: .max)
            #expect(deferred.map(\.id) == [3, 6])
            #expect(deferred.map(\.attempts) == [2, 0])
            #expect(deferred.map(\.firstAttemptAt) == [10, nil])
            #expect(deferred.map(\.notBefore) == [99, 0])
            #expect(deferred.map(\.messageId) == ["3", "6"])
            let letter = try #require(try spool.deadLetter(id: 2))
            #expect(letter.reason == .make(attempts: 4, at: 77))
            #expect(letter.call.messageId == "2")

            // From deferred to each of the other ends.
            try await session.settle([
                .retry(id: 3, attempts: 3, firstAttemptAt: 10, notBefore: 200, reason: "503"), .park(id: 3),
                .retry(id: 6, attempts: 1, firstAttemptAt: 20, notBefore: 300, reason: "timeout"),
            ])
            let later = try await session.allDeferred()
            #expect(later.map(\.attempts) == [3, 1])
            #expect(later.map(\.notBefore) == [200, 300])
            try await session.settle([.delivered(id: 3), .dead(id: 6, .make(attempts: 2))])
            #expect(try await session.allDeferred().isEmpty)
            #expect(try spool.deadLetter(id: 6)?.call.firstAttemptAt == 20)
        }
        let statistics = try spool.statistics()
        #expect(statistics.fresh == 2)
        #expect(statistics.deferred == 0)
        #expect(statistics.dead == 2)
        #expect(statistics.delivered == 2)
    }

    @Test(arguments: Engine.allCases)
    func settlementsTakeEffectInTheirOrderAndUnknownIdsAreNoHarm(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try await self.openWithCalls(fixture, 9)
        try await withSession(spool) { session async throws in
            try await session.settle([
                .park(id: 7), .delivered(id: 7), .delivered(id: 7), .park(id: 8),
                .retry(id: 8, attempts: 1, firstAttemptAt: 1, notBefore: 5, reason: "x"), .delivered(id: 9),
                .delivered(id: 3), .delivered(id: 1), .delivered(id: 2), .delivered(id: 4711), .park(id: 4712),
                .dead(id: 4713, .make()), .delivered(id: .max), .delivered(id: .min), .delivered(id: 7),
            ])
            #expect(try await session.allFresh().map(\.id) == [4, 5, 6])
            #expect(try await session.allDeferred().map(\.id) == [8])
        }
        let statistics = try spool.statistics()
        #expect(statistics.delivered == 5)
        #expect(statistics.depth == 4)
    }

    @Test(arguments: Engine.allCases)
    func aRunOfDeliveredIdsPassesOverDeferredOnesBetweenThem(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try await self.openWithCalls(fixture, 50) { $0 % 7 == 0 ? "a" : "b" }
        try await withSession(spool) { session async throws in
            try await session.settle(stride(from: 10, through: 40, by: 3).map { .park(id: $0) })
            try await session.settle((5...45).reversed().map { .delivered(id: $0) })
            #expect(try await session.allFresh().map(\.id) == [1, 2, 3, 4, 46, 47, 48, 49, 50])
            #expect(try await session.allDeferred().isEmpty)
        }
        #expect(try spool.statistics().sources.map(\.delivered) == [6, 35])
        #expect(try spool.statistics().sources.map(\.depth) == [1, 8])
    }

    // MARK: Deferred lanes

    @Test(arguments: Engine.allCases)
    func deferredLanesAreReadInPages(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        let lanes: [Int64] = [.min, -7, 0, 3, .max]
        try await spool.append(lanes.flatMap { lane in (0..<3).map { .make("\(lane)/\($0)", lane: lane) } })
        try await withSession(spool) { session async throws in
            try await session.settle(session.allFresh().map { .park(id: $0.id) })
            #expect(try await session.deferredLanes().map(\.lane) == lanes)
            var paged: [Int64] = []
            while let page = Optional(try await session.deferredLanes(after: paged.last, limit: 2)), !page.isEmpty {
                #expect(page.allSatisfy { $0.count == 3 })
                paged += page.map(\.lane)
            }
            #expect(paged == lanes)
        }
    }

    @Test(arguments: Engine.allCases)
    func severalLanesAreReadAtOnce(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await spool.append((1...9).map { .make("\($0)", lane: Int64($0 % 3)) })
        try await withSession(spool) { session async throws in
            try await session.settle((1...9).map { .park(id: $0) })
            let cases: [(lanes: [Int64], limit: Int, bytes: Int, expected: [[Int64]])] = [
                ([2, 5, 0], 10, .max, [[2, 5, 8], [], [3, 6, 9]]),
                ([2, 0, 1], 2, .max, [[2, 5], [3, 6], [1, 4]]),
                ([2, 0, 1], 9, 0, [[2], [3], [1]]),
            ]
            for (lanes, limit, bytes, expected) in cases {
                let answer = try await session.deferred(lanes: lanes, limit: limit, maximumBytes: bytes)
                #expect(answer.map(\.lane) == lanes)
                #expect(answer.map { $0.calls.map(\.id) } == expected)
                #expect(answer.allSatisfy { $0.hasMore == ($0.calls.count < ($0.lane < 3 ? 3 : 0)) })
            }
        }
    }

    /// What the relay does for a user whose call is to be tried again: that call and what stands behind it wait, and
    /// nobody else does.
    @Test(arguments: Engine.allCases)
    func aRetriedCallHoldsUpItsOwnLaneOnly(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try await self.openWithCalls(fixture, 30)
        try await withSession(spool) { session async throws in
            let own = try await session.allFresh().filter { $0.lane == 1 }.map(\.id)
            let head = try #require(own.first)
            try await session.settle(
                [.retry(id: head, attempts: 1, firstAttemptAt: 5, notBefore: 900, reason: "503")]
                    + own.dropFirst().map { .park(id: $0) }
            )
            try await spool.append([.make("own", lane: 1), .make("other", lane: 2)])
            let fresh = try await session.allFresh()
            #expect(fresh.filter { $0.lane != 1 }.count == 21)
            #expect(fresh.filter { $0.lane == 1 }.map(\.messageId) == ["own"])
            try await session.settle(fresh.filter { $0.lane != 1 }.map { .delivered(id: $0.id) })
            let lanes = try await session.deferredLanes()
            #expect(lanes.map(\.lane) == [1])
            #expect(lanes.map(\.count) == [own.count])
            #expect(lanes.map(\.headId) == [head])
            #expect(lanes.map(\.notBefore) == [900])
            let deferred = try await session.deferred(lane: 1, limit: .max, maximumBytes: .max)
            #expect(deferred.map(\.id) == own)
        }
        #expect(try spool.statistics().fresh == 1)
        #expect(try spool.statistics().delivered == 21)
    }

    @Test(arguments: Engine.allCases)
    func whatWasSettledIsKnownAfterReopening(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let first = try fixture.open()
        try await first.append((1...10).map { .make("\($0)", lane: Int64($0 % 3)) })
        try await withSession(first) { session async throws in
            try await session.settle([
                .delivered(id: 1), .delivered(id: 4), .dead(id: 5, .make()), .park(id: 6),
                .retry(id: 3, attempts: 2, firstAttemptAt: 10, notBefore: 99, reason: "503"),
            ])
        }
        first.close()
        let second = try fixture.open()
        try await withSession(second) { session async throws in
            #expect(try await session.allFresh().map(\.id) == [2, 7, 8, 9, 10])
            let deferred = try await session.allDeferred()
            #expect(deferred.map(\.id) == [3, 6])
            #expect(deferred.map(\.attempts) == [2, 0])
            #expect(deferred.map(\.firstAttemptAt) == [10, nil])
            #expect(deferred.map(\.notBefore) == [99, 0])
        }
        let statistics = try second.statistics()
        #expect(statistics.fresh == 5)
        #expect(statistics.deferred == 2)
        #expect(statistics.delivered == 2)
        #expect(statistics.dead == 1)
        #expect(statistics.oldestReceivedAt == 1000)
    }

    /// For a lane, every deferred id stays lower than every fresh one: the relay always parks a prefix, and what comes
    /// later has higher ids.
    @Test(arguments: Engine.allCases)
    func deferredCallsOfALaneStandBeforeItsFreshOnes(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        var random = SeededRandom(seed: 11)
        for round in 0..<40 {
            try await spool.append((0..<10).map { .make("\(round)/\($0)", lane: .random(in: 0..<5, using: &random)) })
            let lane = Int64.random(in: 0..<5, using: &random)
            try await withSession(spool) { session async throws in
                let prefix = try await session.allFresh().filter { $0.lane == lane }.prefix(3)
                try await session.settle(prefix.map { .park(id: $0.id) })
                if round % 5 == 4, let head = try await session.deferred(lane: lane, limit: 1, maximumBytes: 0).first {
                    try await session.settle([.dead(id: head.id, .make())])
                }
            }
            if round % 10 == 9 { _ = try spool.replayDead(.all) }
            try await withSession(spool) { session async throws in
                let fresh = try await session.allFresh()
                for lane in try await session.deferredLanes() {
                    let last = try await session.deferred(lane: lane.lane, limit: .max, maximumBytes: .max).last?.id
                    let first = fresh.first { $0.lane == lane.lane }?.id
                    #expect((last ?? 0) < (first ?? .max))
                }
            }
        }
    }

    // MARK: Waiting

    @Test(arguments: Engine.allCases)
    func waitingEndsWithACommitOfThisSpoolOrAnother(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let own = try fixture.open()
        let other = try fixture.open()
        try await withSession(own) { session async throws in
            for round in 0..<50 {
                let writer = round % 2 == 0 ? own : other
                let seen = try await session.allFresh().last?.id ?? 0
                async let waited: Void = session.waitForAppend(seen: seen, timeout: .seconds(60))
                try await writer.append([.make("\(round)")])
                await waited
                let unseen = try await session.fresh(after: seen, limit: 1, maximumBytes: .max)
                #expect(unseen.map(\.messageId) == ["\(round)"])
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func waitingEndsAtOnceWhenSomethingUnseenIsThere(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try await self.openWithCalls(fixture, 3)
        try await withSession(spool) { session async throws in
            await session.waitForAppend(seen: 2, timeout: .seconds(60))
        }
    }

    @Test(arguments: Engine.allCases)
    func aRingThatNobodyWaitedForEndsTheNextWait(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let own = try fixture.open()
        let other = try fixture.open()
        try await withSession(own) { session async throws in
            try await other.append([.make("1")])
            await session.waitForAppend(seen: nil, timeout: .seconds(60))
            try await own.append([.make("2")])
            await session.waitForAppend(seen: nil, timeout: .seconds(60))
        }
    }

    @Test(arguments: Engine.allCases)
    func waitingEndsAtTheTimeoutAndWhenCancelled(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await withSession(spool) { session async throws in
            await session.waitForAppend(seen: 0, timeout: .milliseconds(20))
            let task = Task { await session.waitForAppend(seen: 0, timeout: .seconds(3600)) }
            task.cancel()
            await task.value
        }
    }

    // MARK: One deliverer

    @Test(arguments: Engine.allCases)
    func theNextDelivererWaitsForTheRelease(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let first = try fixture.open()
        let second = try fixture.open()
        let session = try await first.acquireDelivery()
        let order = AsyncStream<String>.makeStream()
        let waiting = Task {
            let session = try await second.acquireDelivery()
            order.continuation.yield("acquired")
            await session.release()
        }
        try await first.append([.make("1")])
        order.continuation.yield("released")
        await session.release()
        try await waiting.value
        order.continuation.finish()
        #expect(await order.stream.reduce(into: []) { $0.append($1) } == ["released", "acquired"])
    }

    @Test(arguments: Engine.allCases)
    func aCancelledWaitLeavesTheLockToTheNext(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let first = try fixture.open()
        let second = try fixture.open()
        let session = try await first.acquireDelivery()
        for _ in 0..<10 {
            let task = Task { try await second.acquireDelivery() }
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
        await session.release()
        for spool in [first, second, first] {
            try await withSession(spool) { _ = try await $0.allFresh() }
        }
    }

    @Test(arguments: Engine.allCases)
    func aSessionThatIsDroppedLetsTheLockGo(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        for _ in 0..<5 {
            let session = try await spool.acquireDelivery()
            _ = try await session.allFresh()
        }
    }

    @Test(arguments: Engine.allCases)
    func aReleasedSessionRefusesToWork(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        let session = try await spool.acquireDelivery()
        await session.release()
        await session.release()
        await #expect(throws: Expected.stopped) { try await session.allFresh() }
        await #expect(throws: Expected.stopped) { try await session.settle([.delivered(id: 1)]) }
    }

    @Test(arguments: Engine.allCases)
    func closingSendsAwayWhoWaits(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let first = try fixture.open()
        let second = try fixture.open()
        let session = try await first.acquireDelivery()
        let waiting = Task { try await second.acquireDelivery() }
        second.close()
        await #expect(throws: Expected.stopped) { _ = try await waiting.value }
        await session.release()
    }

    @Test(arguments: Engine.allCases)
    func aSessionOfAClosedSpoolLetsTheNextDeliver(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let first = try fixture.open()
        let second = try fixture.open()
        try await first.append((1...3).map { .make("\($0)") })
        let held = try await first.acquireDelivery()
        try await held.settle([.delivered(id: 1)])
        let waiting = Task { try await second.acquireDelivery() }
        first.close()
        await #expect(throws: Expected.stopped) { try await held.settle([.delivered(id: 2)]) }
        await held.release()
        let next = try await waiting.value
        #expect(try await next.allFresh().map(\.id) == [2, 3])
        try await next.settle([.delivered(id: 2)])
        #expect(try await next.allFresh().map(\.id) == [3])
        await next.release()
    }

    /// Writers and a right to deliver that goes from one to the other: nothing may be lost, come twice or overtake.
    @Test(arguments: Engine.allCases)
    func theRightGoesToAndFroWhileCallsArrive(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spools = [try fixture.open(), try fixture.open()]
        let delivered = try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    for number in 0..<50 {
                        try await spools[lane % 2].append([.make("\(lane)-\(number)", lane: Int64(lane))])
                    }
                }
            }
            var delivered: [StoredCall] = []
            var turn = 0
            while delivered.count < 400 {
                let calls = try await withSession(spools[turn % 2]) { session async throws in
                    let calls = try await session.fresh(after: 0, limit: 40, maximumBytes: .max)
                    try await session.settle(calls.map { .delivered(id: $0.id) })
                    return calls
                }
                delivered += calls
                turn += 1
            }
            try await group.waitForAll()
            return delivered
        }
        #expect(Set(delivered.map(\.id)).count == 400)
        for lane in 0..<8 {
            let own = delivered.filter { $0.lane == Int64(lane) }.map(\.messageId)
            #expect(own == (0..<50).map { "\(lane)-\($0)" })
        }
        #expect(try spools[0].statistics().depth == 0)
        #expect(try spools[1].statistics().delivered == 400)
    }
}
