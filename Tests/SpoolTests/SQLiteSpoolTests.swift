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
}
