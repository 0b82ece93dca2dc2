import Foundation
import GRDB
import JSON
import TestSupport
import Testing

@testable import HydraEngine

@Suite struct StoreTests {
    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? EngineError)?.code
        }
    }

    @Test func everyCommitIsOnDiskWhenItReturns() throws {
        let fixture = try Fixture()
        let level = try fixture.engine.store.pool.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        #expect(level == 2)
        let mode = try fixture.engine.store.pool.read { db in try String.fetchOne(db, sql: "PRAGMA journal_mode") }
        #expect(mode == "wal")
    }

    @Test func nobodyElseReadsTheRecords() async throws {
        let fixture = try Fixture()
        try await fixture.take(.track("m", user: "u"))
        for name in try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path) {
            let attributes = try FileManager.default.attributesOfItem(atPath: fixture.directory.file(name))
            #expect((attributes[.posixPermissions] as? Int) == 0o600, "\(name)")
        }
    }

    @Test func aDirectoryIsServedOnce() throws {
        let fixture = try Fixture()
        #expect(self.code { _ = try Engine(directory: fixture.directory.path) } == "in_use")
        fixture.engine.close()
        withExtendedLifetime(fixture) {}
    }

    @Test func aDirectoryThatIsMissingOrNoneIsRefused() throws {
        let directory = try TemporaryDirectory()
        #expect(self.code { _ = try Engine(directory: directory.file("none")) } == "directory")
        try Data().write(to: URL(fileURLWithPath: directory.file("plain")))
        #expect(self.code { _ = try Engine(directory: directory.file("plain")) } == "directory")
    }

    @Test(arguments: [Data("this is no database, but longer than a header of a hundred bytes".utf8) + Data(count: 4096)]
    )
    func aDamagedFileIsRefusedAndLeftAlone(content: Data) throws {
        let directory = try TemporaryDirectory()
        let file = URL(fileURLWithPath: directory.file("hydra.sqlite"))
        try content.write(to: file)
        #expect(self.code { _ = try Engine(directory: directory.path) } == "damaged")
        #expect(try Data(contentsOf: file) == content)
    }

    @Test func anotherProgramsDatabaseIsRefused() throws {
        let directory = try TemporaryDirectory()
        let queue = try DatabaseQueue(path: directory.file("hydra.sqlite"))
        try queue.write { db in try db.execute(sql: "CREATE TABLE t (a)") }
        try queue.close()
        #expect(self.code { _ = try Engine(directory: directory.path) } == "foreign")
    }

    @Test func aNewerVersionsDatabaseIsRefused() throws {
        let first = try Fixture()
        try first.engine.store.pool.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')")
        }
        first.engine.close()
        #expect(self.code { _ = try KeyStore(directory: first.directory.path) } == "newer")
    }

    @Test func oneCallThatCannotBeWrittenDoesNotPoisonTheOthers() async throws {
        let fixture = try Fixture()
        try await fixture.engine.store.pool.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON events WHEN NEW.event = 'poison'
                    BEGIN SELECT RAISE(ABORT, 'poisoned'); END
                    """
            )
        }
        let calls = [
            TestCall.identify("1", user: "u", anonymous: "x"), .track("2", user: "w", anonymous: "y", event: "poison"),
            .track("3", anonymous: "y"), .track("4", user: "u"),
        ]
        let answer = await fixture.send(
            "POST",
            "/v1/batch",
            #"{"batch":[\#(calls.map(\.json).joined(separator: ","))]}"#
        )
        #expect(answer.root?["results"]?.elements.compactMap { $0["status"]?.int64 } == [200, 500, 200, 200])
        // What the poisoned call had begun to write is undone, in the memory of the committer too.
        #expect(await fixture.get("/v1/persons?userId=w").items.isEmpty)
        #expect(await fixture.get("/v1/persons").items.count == 2)
        try await fixture.take(.track("5", user: "w", anonymous: "y"))
        #expect(try StoreCheck.run(directory: fixture.directory.path).mistakes == [])
    }

    @Test func aFullDiskIsAnsweredWith503AndRecovers() async throws {
        var options = EngineOptions()
        options.minimumFreeBytes = .max
        let full = try Fixture(options: options)
        let call = TestCall.track("m", user: "u")
        for (path, body) in [("/v1/track", call.json), ("/v1/batch", #"{"batch":[\#(call.json)]}"#)] {
            let answer = await full.send("POST", path, body)
            #expect(answer.status == 503)
            #expect(answer.code == "unavailable")
            #expect(answer.headers["Retry-After"] == "5")
        }
        #expect(await full.get("/-/ready").status == 503)
        #expect(await full.get("/-/live").status == 200)
        #expect(await full.get("/v1/persons").items.isEmpty)
        full.engine.close()

        let roomy = try Fixture(reopening: full.directory)
        try await roomy.take(call)
        #expect(await roomy.get("/-/ready").status == 200)
    }

    @Test func whatIsClosedRefuses() async throws {
        let fixture = try Fixture()
        fixture.engine.close()
        fixture.engine.close()
        #expect(await fixture.send("POST", "/v1/track", TestCall.track("m", user: "u").json).status == 503)
        #expect(await fixture.get("/v1/persons").status == 503)
    }

    @Test func checkCountsAndFindsMistakes() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", anonymous: "x", #"{"company":"Acme"}"#),
            .track("b", anonymous: "x")
        )
        let whole = try StoreCheck.run(directory: fixture.directory.path)
        #expect(whole.mistakes == [])
        #expect(whole.counts.map(\.count) == [1, 1, 1, 2, 1, 2])
        try await fixture.engine.store.pool.write { db in
            try db.execute(sql: "UPDATE events SET person = 99; UPDATE persons SET company = 99")
        }
        let broken = try StoreCheck.run(directory: fixture.directory.path)
        #expect(broken.mistakes.count == 2)
    }

    /// What was stale in a database of the step before is stale after it.
    @Test func aPassThatWasDueIsDueInTheNextLayout() throws {
        let database = try DatabaseQueue()
        try Schema.migrator.migrate(database, upTo: "3 screens")
        try database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO patternPasses (account, usageSet, version, event, minedAt, milliseconds, persons, missing,
                        isStale)
                    VALUES (1, 1, 1, 1, 1, 1, 1, x'', 1), (2, 1, 1, 1, 1, 1, 1, x'', 0)
                    """
            )
        }
        try Schema.migrator.migrate(database)
        let marks = try database.read { db in
            try Int.fetchAll(db, sql: "SELECT staleMarks FROM patternPasses ORDER BY account")
        }
        #expect(marks == [1, 0])
    }

    /// What earlier versions made of the same calls by other rules is made anew when the store is opened.
    @Test func recordsOfEarlierRulesAreRepaired() async throws {
        let directory: TemporaryDirectory
        do {
            let fixture = try Fixture()
            directory = fixture.directory
            try await fixture.take(
                .identify("a", user: "u", #"{"email":"Sp <sp@x.example>","company":"N/A"}"#),
                .identify("b", user: "v", #"{"company":"Acme, Inc."}"#)
            )
            try await fixture.engine.store.pool.write { db in
                // As they stood before: the e-mail as it was sent, "N/A" a company, the comma part of a name.
                let salt = try #require(try Account.all(in: db).first).salt
                for (company, value) in [("x.example", "n/a"), ("acme inc", "acme, inc.")] {
                    try db.execute(
                        sql: "UPDATE companies SET kind = 5, value = ?, key = ? WHERE value = ?",
                        arguments: [value, RecordKey(salt: salt, kind: .companyName, value: value).data, company]
                    )
                }
                try db.execute(
                    sql: """
                        UPDATE persons SET email = 'sp <sp@x.example>' WHERE email IS NOT NULL;
                        INSERT INTO repairs (name, afterRow) VALUES ('persons', 0), ('companies', 0)
                        """
                )
            }
            fixture.engine.close()
        }
        let fixture = try Fixture(reopening: directory)
        #expect(await fixture.get("/v1/persons?email=sp@x.example").items.count == 1)
        let companies = await fixture.get("/v1/companies").items
        #expect(
            Set(companies.compactMap { $0["domain"]?.string ?? $0["name"]?.string }) == ["x.example", "Acme, Inc."]
        )
        #expect(companies.compactMap { $0["personCount"]?.int64 } == [1, 1])
        #expect(try StoreCheck.run(directory: fixture.directory.path).mistakes == [])
        let left = try await fixture.engine.store.pool.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM repairs")
        }
        #expect(left == 0)
    }
}
