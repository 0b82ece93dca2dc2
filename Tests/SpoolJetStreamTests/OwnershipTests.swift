import Spool
import TestSupport
import Testing

@testable import SpoolJetStream

/// Several gateways, of which one delivers a partition.
@Suite(.timeLimit(.minutes(2)))
struct OwnershipTests {
    let fixture: JetStreamFixture

    init() throws {
        self.fixture = try JetStreamFixture()
    }

    @Test
    func aServerThatIsKilledKeepsEverything() async throws {
        let spool = try self.fixture.open()
        try await spool.append((1...500).map { .make("\($0)") })
        try await withSession(spool) { session async throws in
            try await session.settle((1...100).map { .delivered(id: $0) })
        }
        try self.fixture.server.restart()
        let again = try self.fixture.open()
        // Also what was delivered is still known.
        try await withSession(again) { session async throws in
            #expect(try await session.allFresh().map(\.id) == Array(101...500))
            #expect(try await again.append([.make("50"), .make("450"), .make("501")]).duplicates == [0, 1])
            #expect(try await session.allFresh().last?.id == 501)
        }
    }

    @Test
    func theNextTakesOverWhenTheHolderIsSilent() async throws {
        let first = try self.fixture.open()
        let second = try self.fixture.open { $0.owner = "second" }
        try await first.append((1...3).map { .make("\($0)") })
        let old = try await first.acquireDelivery()
        try await old.settle([.delivered(id: 1)])
        // Like a process that was killed: nobody renews and nobody lets go.
        first.fallSilent()
        let clock = ContinuousClock()
        let started = clock.now
        let new = try await second.acquireDelivery()
        let duration = clock.now - started
        #expect(duration > .seconds(2) && duration < .seconds(30))
        #expect(try await new.allFresh().map(\.id) == [2, 3])
        #expect(try second.statistics().partitions.map(\.owner) == ["second"])
        await new.release()
    }

    @Test
    func statisticsSayWhoDeliversEachPartition() async throws {
        let first = try self.fixture.open {
            $0.partitions = 2
            $0.owner = "first"
        }
        let second = try self.fixture.open { $0.partitions = 2 }
        try await first.append((1...6).map { .make("\($0)") })
        func partitions() throws -> [PartitionStatistics] {
            // Both know the same.
            let (own, others) = (try first.statistics().partitions, try second.statistics().partitions)
            #expect(own.map(\.owner) == others.map(\.owner))
            #expect(own.map(\.partition) == [0, 1])
            return own
        }
        #expect(try partitions().map(\.owner) == [nil, nil])
        let busy = try #require(try partitions().first { $0.lag > 0 })
        #expect(busy.lag == 6 && busy.bytes > 0)
        #expect(busy.replicas == 1 && busy.replicasCurrent == 1)
        let session = try await first.acquireDelivery(partition: busy.partition)
        #expect(try partitions().map(\.owner) == (busy.partition == 0 ? ["first", nil] : [nil, "first"]))
        let calls = try await session.allFresh()
        try await session.settle(calls.prefix(4).map { .delivered(id: $0.id) })
        #expect(try first.statistics().partitions.map(\.lag).reduce(0, +) == 2)
        await session.release()
        #expect(try partitions().map(\.owner) == [nil, nil])
        #expect(try second.statistics().partitions.map(\.lag).reduce(0, +) == 2)
    }

    @Test
    func whoeverWaitsIsKnownToTheOthers() async throws {
        func eventually(_ count: Int, _ spool: JetStreamSpool) async throws -> Duration {
            let started = ContinuousClock.now
            while spool.contenders != count { try await Task.sleep(for: .milliseconds(10)) }
            return ContinuousClock.now - started
        }
        let first = try self.fixture.open()
        let second = try self.fixture.open()
        let third = try self.fixture.open()
        let session = try await first.acquireDelivery()
        // Where it had to look twice it said that it waits, and is believed for a while.
        _ = try await eventually(0, first)
        _ = try await eventually(0, second)
        let waits = [second, third].map { spool in Task { try await spool.acquireDelivery() } }
        _ = try await eventually(2, first)
        // Each knows of the other, and not of itself, nor of who has everything.
        _ = try await eventually(1, second)
        _ = try await eventually(1, third)
        // Who stops waiting is forgotten after a while, who ends at once.
        waits[1].cancel()
        _ = try await eventually(1, first)
        second.close()
        #expect(try await eventually(0, first) < .seconds(2))
        for wait in waits { await #expect(throws: (any Error).self) { _ = try await wait.value } }
        await session.release()
    }

    /// Also over a connection that was made anew.
    @Test
    func whoeverWaitsIsHeardAfterTheServerCameBack() async throws {
        let first = try self.fixture.open()
        let second = try self.fixture.open()
        try self.fixture.server.restart()
        while first.refusing != nil || second.refusing != nil { try await Task.sleep(for: .milliseconds(20)) }
        let session = try await first.acquireDelivery()
        let wait = Task { try await second.acquireDelivery() }
        while first.contenders != 1 { try await Task.sleep(for: .milliseconds(20)) }
        await session.release()
        await (try await wait.value).release()
    }

    @Test
    func wordsOfOthersAreNoContention() {
        let contention = Contention(kind: .waits, process: 7)
        #expect(Contention(contention.bytes) == contention)
        #expect(Contention([]) == nil)
        #expect(Contention(Array("hello, world".utf8)) == nil)
        #expect(Contention([1, 2, 0, 0, 0, 0, 0, 0, 0, 7]) == nil)
        #expect(Contention(Array(contention.bytes.dropLast())) == nil)
    }

    @Test
    func anOwnerThatIsSilentIsNone() throws {
        let lease = LeaseRecord(isReleased: false, holder: 1, owner: "host:1", summary: LedgerSummary())
        #expect(PartitionFigures.owner(of: lease, renewedAt: 100_000, now: 104_000) == "host:1")
        #expect(PartitionFigures.owner(of: lease, renewedAt: 100_000, now: 131_000) == nil)
        // Clocks of two hosts, and a server that does not say when.
        #expect(PartitionFigures.owner(of: lease, renewedAt: 100_000, now: 90_000) == "host:1")
        #expect(PartitionFigures.owner(of: lease, renewedAt: nil, now: 90_000) == "host:1")
        var released = lease
        released.isReleased = true
        #expect(PartitionFigures.owner(of: released, renewedAt: 100_000, now: 100_000) == nil)
        #expect(PartitionFigures.owner(of: nil, renewedAt: nil, now: 0) == nil)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-28T16:34:38.123456789Z", 1_795_883_678_123),
            ("2024-02-29T23:59:59.5Z", 1_709_251_199_500), ("2000-03-01T00:00:00.01Z", 951_868_800_010),
            ("2026-13-28T16:34:38Z", nil), ("2026-11-28T16:34:38", nil), ("2026-11-28T16:34:38+01:00", nil),
            ("2026-11-28T16:34:38.xZ", nil), ("2026-11-28 16:34:38Z", nil), ("", nil),
            ("2026-02-31T16:34:38Z", nil), ("2026-02-29T00:00:00Z", nil), ("1900-02-29T00:00:00Z", nil),
            ("2026-04-31T00:00:00Z", nil), ("2026-11-28T16:34:60Z", nil), ("2026-11-28T16:34:38.Z", nil),
            ("2026-11-28T16:34:38.123xZ", nil), ("2026-11-28T16:34:38.1234567890Z", nil),
        ] as [(String, Int64?)]
    )
    func timesOfServersAreRead(text: String, milliseconds: Int64?) {
        #expect(ServerTime.milliseconds(text) == milliseconds)
    }

    @Test
    func whoWasTakenOverCannotSettle() async throws {
        let first = try self.fixture.open()
        let second = try self.fixture.open()
        try await first.append((1...3).map { .make("\($0)") })
        let old = try await first.acquireDelivery()
        // The lease is taken from it, as from a holder that was stopped for a while.
        try await first.loseLease()
        let new = try await second.acquireDelivery()
        try await new.settle([.delivered(id: 1)])
        await #expect(throws: SpoolError(code: .missing, message: "", retryAfterSeconds: 0)) {
            try await old.settle([.delivered(id: 2)])
        }
        #expect(try await new.allFresh().map(\.id) == [2, 3])
        await old.release()
        // Releasing what it had lost takes nothing from the new holder.
        try await new.settle([.delivered(id: 2)])
        await new.release()
    }

    @Test
    func aLongJournalIsReplacedByASnapshot() async throws {
        let spool = try self.fixture.open()
        try await spool.append((1...6000).map { .make("\($0)", lane: Int64($0 % 100)) })
        try await withSession(spool) { session async throws in
            for id in stride(from: Int64(2), through: 5000, by: 2) {
                try await session.settle([.delivered(id: id), .park(id: id - 1)])
            }
        }
        let client = try JetStreamClient(self.fixture.configuration(), logger: self.fixture.logger)
        let journal = StreamState(try await client.ask("STREAM.INFO.hydra_JOURNAL_0"))
        client.close()
        #expect(journal.messages < 1000)
        try await withSession(spool) { session async throws in
            #expect(try await session.allFresh().map(\.id) == Array(5001...6000))
            #expect(try await session.deferredLanes().map(\.count).reduce(0, +) == 2500)
        }
    }

    @Test
    func settledCallsAreDroppedWhenTheyTakeTooMuchRoom() async throws {
        let spool = try self.fixture.open { $0.maximumBytes = 8 << 20 }
        let body = [UInt8](repeating: 0x78, count: 10_000)
        try await withSession(spool) { session async throws in
            for round in 0..<30 {
                try await spool.append((0..<50).map { .make("\(round)/\($0)", body: body) })
                let calls = try await session.allFresh()
                #expect(calls.count == 50)
                try await session.settle(calls.map { .delivered(id: $0.id) })
                while try spool.statistics().bytes > 4 << 20 { try await Task.sleep(for: .milliseconds(50)) }
            }
        }
        #expect(try spool.statistics().delivered == 1500)
        #expect(spool.refusing == nil)
    }

    /// A destination that is down for long holds the front; what others get must not fill the stream.
    @Test
    func callsBehindABlockedFrontAreErased() async throws {
        let spool = try self.fixture.open { $0.maximumBytes = 8 << 20 }
        let body = [UInt8](repeating: 0x78, count: 10_000)
        try await spool.append([.make("front", source: "down", body: body)])
        try await withSession(spool) { session async throws in
            try await session.settle([
                .retry(id: 1, attempts: 1, firstAttemptAt: 1, notBefore: .max, reason: "503")
            ])
            for round in 0..<30 {
                try await spool.append((0..<50).map { .make("\(round)/\($0)", body: body) })
                let calls = try await session.allFresh()
                #expect(calls.count == 50)
                try await session.settle(calls.map { .delivered(id: $0.id) })
                while try spool.statistics().bytes > 6 << 20 { try await Task.sleep(for: .milliseconds(50)) }
            }
            #expect(try await session.allDeferred().map(\.messageId) == ["front"])
        }
        try await withSession(spool) { session async throws in
            try await spool.append([.make("last")])
            #expect(try await session.allFresh().map(\.messageId) == ["last"])
            #expect(try await session.allDeferred().map(\.messageId) == ["front"])
        }
    }

    @Test
    func callsThatSomebodyDeletedHoldNothingUp() async throws {
        let spool = try self.fixture.open()
        try await spool.append((1...10).map { .make("\($0)") })
        let client = try JetStreamClient(self.fixture.configuration(), logger: self.fixture.logger)
        for sequence in [1, 4, 5, 10] {
            _ = try await client.ask("STREAM.MSG.DELETE.hydra_CALLS_0", Array(#"{"seq":\#(sequence)}"#.utf8))
        }
        client.close()
        try await withSession(spool) { session async throws in
            let ids = try await session.allFresh().map(\.id)
            #expect(ids == [2, 3, 6, 7, 8, 9])
            let started = ContinuousClock.now
            #expect(try await session.fresh(after: 9, limit: 1, maximumBytes: 1).isEmpty)
            #expect(ContinuousClock.now - started < .seconds(5))
            try await spool.append([.make("11")])
            #expect(try await session.fresh(after: 9, limit: 1, maximumBytes: 1).map(\.messageId) == ["11"])
            try await session.settle([.delivered(id: 11)])
            try await session.settle(ids.map { .delivered(id: $0) })
            while try spool.statistics().depth > 0 { try await Task.sleep(for: .milliseconds(50)) }
        }
    }
}
