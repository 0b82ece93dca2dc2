import GRDB
import Logging
import TestSupport
import Testing

@testable import Spool

@Suite(.timeLimit(.minutes(2)))
struct SQLiteSpoolTests {
    let fixture: SpoolFixture

    init() throws {
        self.fixture = try SpoolFixture()
    }

    // MARK: What is appended

    @Test
    func whatWasAppendedComesBackByteForByte() async throws {
        let spool = try self.fixture.open()
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

    @Test
    func anEmptyBatchSucceedsWithoutACommit() async throws {
        let spool = try self.fixture.open()
        #expect(try await spool.append([]).duplicates.isEmpty)
        #expect(try spool.statistics().lastId == 0)
    }

    @Test
    func aCallThatIsTooLongIsRefusedAndTheOthersLive() async throws {
        let spool = try self.fixture.open()
        let long = NewCall.make("long", body: [UInt8](repeating: 32, count: SpoolLimits.callBytes + 1))
        await #expect(throws: SpoolError(code: .tooLarge, message: "", retryAfterSeconds: 0)) {
            try await spool.append([long])
        }
        try await spool.append([.make("longest", body: [UInt8](repeating: 32, count: SpoolLimits.callBytes))])
        try await spool.append([.make("short")])
        #expect(try spool.statistics().fresh == 2)
    }

    @Test
    func anOperationThatFailsDoesNotTakeTheOthersWithIt() async throws {
        let spool = try self.fixture.open()
        let writer = try #require(spool.connections).writer
        try await writer.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON calls WHEN NEW.traceId = 'trace-poison'
                    BEGIN SELECT RAISE(ABORT, 'poison'); END
                    """
            )
        }
        let failures = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let calls = [NewCall.make("\(number)"), .make(number % 50 == 7 ? "poison" : "other\(number)")]
                    return (try? await spool.append(calls)) == nil ? number : -1
                }
            }
            return await group.filter { $0 >= 0 }.reduce(into: []) { $0.append($1) }.sorted()
        }
        #expect(failures == [7, 57, 107, 157])
        #expect(try spool.statistics().fresh == 392)
        #expect(try spool.statistics().dedupeIds == 392)
        #expect(spool.refusing == nil)
        // What failed left no trace: its first call is new when it comes again.
        #expect(try await spool.append([.make("7")]).duplicates.isEmpty)
    }

    @Test
    func idsRiseOverSeveralSpoolsAndReopening() async throws {
        let first = try self.fixture.open()
        let second = try self.fixture.open()
        for round in 0..<20 {
            try await first.append([.make("a\(round)"), .make("b\(round)")])
            try await second.append([.make("c\(round)")])
        }
        let ids = try await withSession(second) { session in
            let calls = try await session.allFresh()
            try await session.settle(calls.map { .delivered(id: $0.id) })
            return calls.map(\.id)
        }
        #expect(ids == Array(1...60))
        first.close()
        second.close()
        let third = try self.fixture.open()
        try await third.append([.make("later")])
        let later = try await withSession(third) { try await $0.allFresh().map(\.id) }
        #expect(later == [61])
    }

    @Test
    func callsOfOneSubmitterKeepTheirOrderAmongMany() async throws {
        let spools = [try self.fixture.open(), try self.fixture.open()]
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

    // MARK: Durability

    @Test
    func everyConnectionThatWritesSyncsEachCommit() throws {
        let spool = try self.fixture.open()
        let connections = try #require(spool.connections)
        for queue in [connections.writer, connections.checkpointer] {
            let (mode, synchronous, page) = try queue.writeWithoutTransaction { db in
                (
                    try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                    try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                    try Int.fetchOne(db, sql: "PRAGMA page_size")
                )
            }
            #expect(mode == "wal")
            #expect(synchronous == 2)
            #expect(page == Schema.pageSize)
        }
    }

    @Test
    func closingLeavesOneFileWithoutALog() async throws {
        let spool = try self.fixture.open()
        try await spool.append([.make("1")])
        spool.close()
        #expect(self.fixture.files == ["bell", "commit.lock", "reserve", "spool.sqlite"])
        #expect(try self.fixture.open().statistics().fresh == 1)
    }

    @Test
    func closeCommitsWhatWaits() async throws {
        let spool = try self.fixture.open()
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
        #expect(try self.fixture.open().statistics().fresh == receipts)
        await #expect(throws: SpoolError.stopped) { try await spool.append([.make("late")]) }
        #expect(throws: SpoolError.stopped) { try spool.statistics() }
    }

    // MARK: Rejected events

    @Test
    func rejectedEventsAreListedAndTheOldestMakeRoom() async throws {
        let spool = try self.fixture.open { $0.rejectedMaximum = 10 }
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

    @Test
    func aRejectedEventIsCutButItsLengthIsKept() async throws {
        let spool = try self.fixture.open()
        let raw = [UInt8](repeating: 65, count: SpoolLimits.rejectedBytes + 7)
        try await spool.append([], rejected: [.make("big", raw: raw)])
        let record = try #require(try spool.rejectedEvents(after: 0, limit: 1).first)
        #expect(record.rawBytes == raw.count)
        #expect(record.event.raw.count == SpoolLimits.rejectedBytes)
    }

    // MARK: Statistics

    @Test
    func statisticsTellEachSourceAndTheOldestCall() async throws {
        let spool = try self.fixture.open()
        try await spool.append([
            .make("1", source: "shop", receivedAt: 500), .make("2", source: "blog", receivedAt: 700),
            .make("3", source: "shop", receivedAt: 900), .make("3", source: "shop", receivedAt: 900),
        ])
        try await withSession(spool) { session in
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
