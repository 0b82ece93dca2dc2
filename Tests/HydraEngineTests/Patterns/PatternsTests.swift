import GRDB
import HydraPatterns
import JSON
import Testing

@testable import HydraEngine

/// Patterns from calls to answers: found in the background, kept up to date, shown with their evidence.
@Suite struct PatternsTests {
    private static let features = ["Alerts", "Billing", "Charts"]

    private let clock: TestClock

    init() throws {
        self.clock = try TestClock("2026-03-31T12:00:00Z")
    }

    private func fixture(reopening directory: Fixture? = nil) throws -> Fixture {
        var options = EngineOptions()
        let clock = self.clock
        options.clock = { clock.now }
        return try Fixture(reopening: directory?.directory, options: options)
    }

    private func scanner(_ fixture: Fixture, _ more: String = "") async throws -> String {
        let answer = await fixture.send(
            "POST",
            "/v1/scanners",
            #"{"kind":"product_usage","name":"Use"\#(more)}"#
        )
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.root?["id"]?.string)
    }

    /// Days of March, in which everybody uses everything now and then.
    private static func history(persons: Int = 40) -> [TestCall] {
        var calls: [TestCall] = []
        for person in 0..<persons {
            for day in 1...30 where (day + person) % 3 == 0 {
                if person == 1, day > 9 { continue }
                for (index, feature) in Self.features.enumerated() {
                    let uses = person == 0 && index == 0 ? 12 : 1
                    for use in 0..<uses {
                        calls.append(Self.use("\(person)-\(day)-\(index)-\(use)", user: "u\(person)", feature, on: day))
                    }
                }
            }
        }
        return calls
    }

    private static func use(_ id: String, user: String, _ feature: String, on day: Int) -> TestCall {
        TestCall.track(id, user: user, #"{"feature":"\#(feature)"}"#)
            .at("2026-03-\(day < 10 ? "0" : "")\(day)T10:00:00.000Z")
    }

    private func take(_ calls: [TestCall], _ fixture: Fixture) async throws {
        for start in stride(from: 0, to: calls.count, by: 400) {
            try await fixture.takeTogether(Array(calls[start..<min(start + 400, calls.count)]))
        }
    }

    private func patterns(of user: String, _ fixture: Fixture) async throws -> Answer {
        let person = try await fixture.get("/v1/persons?userId=\(user)").item()["id"]?.string ?? ""
        return await fixture.get("/v1/persons/\(person)/patterns")
    }

    private func labels(_ answer: Answer) -> [String] { answer.items.compactMap { $0["label"]?.string } }

    @Test func aPowerUserIsShownWithTheEvidence() async throws {
        let fixture = try self.fixture()
        _ = try await self.scanner(fixture)
        try await self.take(Self.history(), fixture)
        try fixture.settle()
        let power = try await self.patterns(of: "u0", fixture)
        #expect(self.labels(power) == ["Power user of Alerts"])
        let pattern = try #require(power.items.first)
        let evidence = try #require(pattern["evidence"])
        #expect(pattern["since"]?.string == "2026-03-03")
        #expect(pattern["foundOn"]?.string == "2026-03-30")
        #expect(evidence["counts"]?.elements.first { $0["name"]?.string == "uses" }?["value"]?.double == 120)
        #expect(evidence["comparison"]?["size"]?.int64 == 39)
        #expect(try #require(evidence["effect"]?["low"]?.double) > 2)
        #expect(try #require(evidence["adjusted"]?.double) <= 0.05)
        #expect(try #require(pattern["text"]?.string).contains("120 uses in 28 days"))
        #expect(power.root?["asOf"]?.string == "2026-03-30")
        #expect(power.root?["persons"]?.int64 == 40)

        // Who stopped after three active days had no rhythm to fall out of.
        #expect(self.labels(try await self.patterns(of: "u1", fixture)).isEmpty)
        let other = try await self.patterns(of: "u5", fixture)
        #expect(other.items.isEmpty)
        #expect(try #require(other.root?["message"]?.string).contains("Nothing unusual"))
        let missing = other.root?["missing"]?.elements.compactMap { $0["kind"]?.string } ?? []
        #expect(missing.contains("rising") && !missing.contains("power_user"))
    }

    @Test func listsCanBeFilteredAndSortedByThem() async throws {
        let fixture = try self.fixture()
        _ = try await self.scanner(fixture)
        try await self.take(Self.history(), fixture)
        try fixture.settle()
        let power = await fixture.get("/v1/persons?label=power_user")
        #expect(power.items.compactMap { $0["userId"]?.string } == ["u0"])
        #expect(power.items.first?["labels"]?.elements.first?["label"]?.string == "Power user of Alerts")
        let users = await fixture.get("/v1/persons?sort=-uses&limit=2")
        #expect(users.items.first?["userId"]?.string == "u0")
        #expect(users.items.first?["uses30"]?.int64 == 140)
        let new = await fixture.get("/v1/persons?trend=new&limit=200")
        #expect(new.items.count == 40)
        #expect(await fixture.get("/v1/persons?trend=sideways").status == 400)
        #expect(await fixture.get("/v1/persons?label=x").status == 400)
        #expect(await fixture.get("/v1/persons?sort=x").status == 400)
    }

    /// The increment of a day gives what a full pass over everything gives.
    @Test(arguments: [UInt64(1), 2, 3])
    func anIncrementTellsWhatAFullPassTells(seed: UInt64) async throws {
        var calls = Self.history()
        var random = SeededGenerator(seed: seed)
        calls.shuffle(using: &random)
        let stepwise = try self.fixture()
        _ = try await self.scanner(stepwise)
        for start in stride(from: 0, to: calls.count, by: 300) {
            try await self.take(Array(calls[start..<min(start + 300, calls.count)]), stepwise)
            try stepwise.settle()
        }
        // An anonymous past is joined, and a late event lands on its day.
        let late = [
            TestCall.track("late", anonymous: "x", #"{"feature":"Alerts"}"#).at("2026-02-10T10:00:00.000Z"),
            TestCall.identify("join", user: "u5", anonymous: "x", "{}"),
        ]
        try await self.take(late, stepwise)
        try stepwise.settle()

        let whole = try self.fixture()
        _ = try await self.scanner(whole)
        try await self.take(late + calls, whole)
        try whole.settle()
        #expect(try self.state(stepwise) == (try self.state(whole)))
        #expect(try self.state(whole).contains { $0.contains("power_user") })
    }

    /// Labels with their evidence, and trends, by the senders' ids.
    private func state(_ fixture: Fixture) throws -> [String] {
        try fixture.engine.store.pool.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT 'label ' || patterns.kind || ' ' || identities.value || ' ' || CAST(evidence AS TEXT)
                        FROM patterns JOIN identities ON identities.person = patterns.subject AND identities.kind = 1
                        WHERE subjectKind = 1
                    UNION ALL SELECT 'trend ' || direction || ' ' || uses || ' ' || identities.value
                        FROM useTrends JOIN identities ON identities.person = useTrends.subject AND identities.kind = 1
                        WHERE subjectKind = 1
                    ORDER BY 1
                    """
            )
        }
    }

    @Test func onlyTheNewDaysAreReadAgain() throws {
        var history = UseHistory()
        history.append([(day: 1, feature: 10), (day: 2, feature: 11), (day: 2, feature: 10), (day: 9, feature: 12)])
        #expect(history.days == [1, 2, 9])
        #expect(history.firstUses.map(\.feature) == [10, 11, 12])
        #expect(UseHistory(bytes: history.bytes) == history)
        history.forget(from: 2)
        #expect(history.days == [1])
        #expect(history.firstUses.map(\.feature) == [10])
        #expect(UseHistory(bytes: []) == nil)
        #expect(UseHistory(bytes: [0xFF]) == nil)
        #expect(UseHistory(bytes: history.bytes + [0]) == nil)
    }

    @Test func theNextDayMovesTheWindows() async throws {
        let fixture = try self.fixture()
        _ = try await self.scanner(fixture)
        try await self.take(Self.history(), fixture)
        try fixture.settle()
        #expect(try await self.patterns(of: "u0", fixture).root?["asOf"]?.string == "2026-03-30")
        try await self.take([Self.use("today", user: "u7", "Alerts", on: 31)], fixture)
        try fixture.settle()
        // The day is not over.
        #expect(try await self.patterns(of: "u0", fixture).root?["asOf"]?.string == "2026-03-30")
        self.clock.advance(days: 1)
        try fixture.settle()
        #expect(try await self.patterns(of: "u0", fixture).root?["asOf"]?.string == "2026-03-31")
    }

    @Test func itGoesOnAfterARestart() async throws {
        var fixture = try self.fixture()
        _ = try await self.scanner(fixture)
        try await self.take(Self.history(), fixture)
        try fixture.settle()
        fixture.engine.close()
        fixture = try self.fixture(reopening: fixture)
        #expect(self.labels(try await self.patterns(of: "u0", fixture)) == ["Power user of Alerts"])
        let before = try self.state(fixture)
        try fixture.settle()
        #expect(try self.state(fixture) == before)
    }

    @Test func thePastThatIsTakenInHasPatternsToo() async throws {
        let fixture = try self.fixture()
        try await self.take(Self.history(), fixture)
        try fixture.settle()
        let none = try await self.patterns(of: "u0", fixture)
        #expect(none.items.isEmpty)
        #expect(try #require(none.root?["message"]?.string).contains("product usage scanner"))
        let scanner = try await self.scanner(fixture, #","takeInPast":true"#)
        try fixture.settle()
        #expect(self.labels(try await self.patterns(of: "u0", fixture)) == ["Power user of Alerts"])
        // Without the feature there is nothing.
        let edited = await fixture.send(
            "PATCH",
            "/v1/scanners/\(scanner)",
            #"{"definition":{"ignoredFeatures":["Alerts"]}}"#
        )
        try #require(edited.status == 200, "\(edited.text)")
        try fixture.settle()
        #expect(try await self.patterns(of: "u0", fixture).items.isEmpty)
        #expect(await fixture.send("DELETE", "/v1/scanners/\(scanner)").status == 204)
        try fixture.settle()
        #expect(try self.state(fixture).isEmpty)
    }

    @Test func whoIsErasedLeavesNothingBehind() async throws {
        let fixture = try self.fixture()
        _ = try await self.scanner(fixture)
        try await self.take(Self.history(), fixture)
        try fixture.settle()
        let person = try await fixture.get("/v1/persons?userId=u0").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/persons/\(person)").status == 204)
        #expect(await fixture.get("/v1/persons/\(person)/patterns").status == 404)
        #expect(try !self.state(fixture).contains { $0.contains("power_user") })
        try fixture.settle()
        let left = try await fixture.engine.store.pool.read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT (SELECT count(*) FROM useHistory WHERE identity NOT IN (SELECT id FROM identities))
                        + (SELECT count(*) FROM useTrends WHERE subjectKind = 1 AND subject NOT IN (SELECT id FROM persons))
                        + (SELECT count(*) FROM patterns WHERE subjectKind = 1 AND subject NOT IN (SELECT id FROM persons))
                    """
            )
        }
        #expect(left == 0)
        #expect(try await self.patterns(of: "u2", fixture).root?["persons"]?.int64 == 39)
    }

    /// Stopping in the middle of a pass must not make it forget why it was due.
    @Test func aPassThatIsCutOffIsDueAgain() async throws {
        let fixture = try self.fixture()
        _ = try await self.scanner(fixture)
        try await self.take(Self.history(), fixture)
        try fixture.settle()
        let person = try await fixture.get("/v1/persons?userId=u3").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/persons/\(person)").status == 204)
        let clock = self.clock
        let cutOff = MiningWork(store: fixture.engine.store, clock: { clock.now }, isCancelled: { true })
        let account = try #require(try cutOff.due().first)
        #expect(try cutOff.pass(over: account) == nil)
        #expect(try cutOff.due().count == 1)
        try fixture.settle()
        #expect(try cutOff.due().isEmpty)
        #expect(try await self.patterns(of: "u2", fixture).root?["persons"]?.int64 == 39)
    }

    @Test func nobodySeesThePatternsOfOthers() async throws {
        let fixture = try self.fixture()
        _ = try await self.scanner(fixture)
        try await self.take(Self.history(), fixture)
        try fixture.settle()
        let person = try await fixture.get("/v1/persons?userId=u0").item()["id"]?.string ?? ""
        let stranger = try fixture.makeKey(account: "stranger")
        #expect(await fixture.send("GET", "/v1/persons/\(person)/patterns", key: stranger).status == 404)
        let theirs = await fixture.send("GET", "/v1/patterns", key: stranger)
        #expect(theirs.items.isEmpty)
        #expect(theirs.root?["persons"]?.int64 == 0)
        #expect(await fixture.send("GET", "/v1/persons?label=power_user", key: stranger).items.isEmpty)
    }
}
