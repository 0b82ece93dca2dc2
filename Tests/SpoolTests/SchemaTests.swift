import GRDB
import TestSupport
import Testing

@testable import Spool

/// How files of earlier versions become those of later ones.
struct SchemaTests {
    /// A spool of today with calls in it, closed; what stands in its ledger.
    private func made(_ fixture: SpoolFixture) async throws -> DatabaseQueue {
        let spool = try fixture.open()
        try await spool.append((1...20).map { .make("\($0)") })
        try await withSession(spool) { session async throws in
            try await session.settle([
                .delivered(id: 1),
                .retry(id: 2, attempts: 1, firstAttemptAt: 1, notBefore: 5, reason: "503"),
            ])
        }
        spool.close()
        return try DatabaseQueue(path: fixture.database)
    }

    private func content(_ db: Database) throws -> [String] {
        try ["ledger", "calls", "deferred", "dead", "rejected", "seenLog"].map { table in
            try "\(table): \(Row.fetchAll(db, sql: "SELECT * FROM \(table)"))"
        }
    }

    private func version(_ db: Database) throws -> Int? { try Int.fetchOne(db, sql: "PRAGMA user_version") }

    @Test
    func aFileOfTodayIsBroughtToALaterLayoutWithAllThatIsInIt() async throws {
        let fixture = try SpoolFixture()
        let database = try await self.made(fixture)
        let steps =
            Schema.steps + [
                "CREATE TABLE later (id INTEGER PRIMARY KEY); INSERT INTO later VALUES (1)",
                "ALTER TABLE later ADD COLUMN more TEXT NOT NULL DEFAULT 'x'",
            ]
        try await database.writeWithoutTransaction { db in
            let before = try self.content(db)
            #expect(try self.version(db) == Schema.version)
            try Schema.migrate(db, idsAbove: 1_000_000, steps: steps)
            #expect(try self.content(db) == before)
            #expect(try self.version(db) == steps.count)
            #expect(try String.fetchOne(db, sql: "SELECT more FROM later") == "x")
            // Once.
            try Schema.migrate(db, idsAbove: 0, steps: steps)
            #expect(try self.content(db) == before)
        }
        // A program of today leaves it alone, and says which layout it has.
        let error = #expect(throws: SpoolError.self) { _ = try fixture.open() }
        #expect(error?.code == .newerSchema)
        #expect(error?.message.contains("layout \(steps.count)") == true)
    }

    @Test
    func aNewFileGetsAllSteps() throws {
        let database = try DatabaseQueue()
        let steps = Schema.steps + ["CREATE TABLE later (id INTEGER PRIMARY KEY)"]
        try database.writeWithoutTransaction { db in
            try Schema.migrate(db, idsAbove: 77, steps: steps)
            #expect(try self.version(db) == steps.count)
            #expect(try db.tableExists("later"))
            #expect(try Int.fetchOne(db, sql: "SELECT lastId FROM ledger WHERE id = 0") == 77)
        }
    }

    @Test
    func aStepThatFailsLeavesTheFileAsItWas() async throws {
        let fixture = try SpoolFixture()
        let database = try await self.made(fixture)
        let steps = Schema.steps + ["CREATE TABLE later (id INTEGER PRIMARY KEY)", "INSERT INTO nowhere VALUES (1)"]
        try await database.writeWithoutTransaction { db in
            let before = try self.content(db)
            #expect(throws: DatabaseError.self) { try Schema.migrate(db, idsAbove: 0, steps: steps) }
            #expect(try self.version(db) == Schema.version)
            #expect(try !db.tableExists("later"))
            #expect(try self.content(db) == before)
        }
        try database.close()
        let spool = try fixture.open()
        try await withSession(spool) { session async throws in #expect(try await session.allFresh().count == 18) }
    }
}
