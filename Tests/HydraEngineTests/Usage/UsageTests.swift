import GRDB
import JSON
import TestSupport
import Testing

@testable import HydraEngine

/// Tracked events become use by person and company, feature, day and flag.
@Suite struct UsageTests {
    static let now = "2026-03-31T12:00:00.000Z"

    private func fixture() throws -> Fixture {
        var options = EngineOptions()
        let now = try #require(Instant(parsing: Self.now))
        options.clock = { now }
        return try Fixture(options: options)
    }

    @discardableResult
    private func scanner(_ fixture: Fixture, _ more: String = "", key: String? = nil) async -> Answer {
        await fixture.send(
            "POST",
            "/v1/scanners",
            #"{"kind":"product_usage","name":"Use"\#(more)}"#,
            key: key ?? fixture.key
        )
    }

    private func used(
        _ id: String,
        _ feature: String,
        _ flag: String = "",
        on day: String,
        user: String? = "u",
        anonymous: String? = nil
    ) -> TestCall {
        let flag = flag.isEmpty ? "" : #","eventFlag":"\#(flag)""#
        return TestCall.track(id, user: user, anonymous: anonymous, #"{"feature":"\#(feature)"\#(flag)}"#)
            .at("\(day)T10:00:00.000Z")
    }

    /// `feature negative/neutral/positive weighted lastUsedOn`, in the answer's order.
    private func features(_ fixture: Fixture, _ query: String = "days=all", key: String? = nil) async throws -> [String]
    {
        let answer = await fixture.send(
            "GET",
            "/v1/persons/\(try await self.person(fixture, key: key))/features?\(query)",
            key: key ?? fixture.key
        )
        return answer.items.map { item in
            let counts = ["negative", "neutral", "positive"].map { item[key: $0]?.rawString ?? "" }
            return """
                \(item["feature"]?.string ?? "") \(counts.joined(separator: "/")) \((item["weighted"]?.rawString ?? "").replacing(".0", with: "")) \
                \(item["lastUsedOn"]?.string ?? "")
                """
        }
    }

    private func person(_ fixture: Fixture, _ user: String = "u", key: String? = nil) async throws -> String {
        let answer = await fixture.send("GET", "/v1/persons?userId=\(user)", key: key ?? fixture.key)
        return try #require(try answer.item()["id"]?.string)
    }

    @Test func usesAreCountedByFeatureDayAndFlag() async throws {
        let fixture = try self.fixture()
        await self.scanner(fixture)
        try await fixture.takeTogether([
            self.used("a", "Alerts", "Positive", on: "2026-03-30"),
            self.used("b", "Alerts", "NEGATIVE", on: "2026-03-31"),
            self.used("c", "Alerts", "sideways", on: "2026-03-31"),
            self.used("d", "Alerts", on: "2026-03-31"),
            self.used("e", "Deploy", "positive", on: "2026-03-29"),
            TestCall.track("f", user: "u", "{}").at("2026-03-31T10:00:00.000Z"),
        ])
        #expect(
            try await self.features(fixture) == ["Alerts 1/2/1 3 2026-03-31", "Deploy 0/0/1 2 2026-03-29"]
        )
        let usage = await fixture.get("/v1/persons/\(try await self.person(fixture))/usage?days=3")
        #expect(
            usage.items.map { "\($0["from"]?.string ?? "") \($0["uses"]?.rawString ?? "")" }
                == ["2026-03-29 1", "2026-03-30 1", "2026-03-31 3"]
        )
        #expect(usage.root?["total"]?["weighted"]?.double == 5)
        #expect(usage.root?["before"]?["until"]?.string == "2026-03-28")
    }

    @Test func withoutAScannerEventsAreKeptAndFeedNothing() async throws {
        let fixture = try self.fixture()
        try await fixture.take(self.used("a", "Alerts", on: "2026-03-31"))
        let answer = await fixture.get("/v1/persons/\(try await self.person(fixture))/features")
        #expect(answer.items.isEmpty)
        #expect(answer.root?["scanner"]?.isNull == true)
        #expect(answer.root?["message"]?.string?.contains("product_usage") == true)
        #expect(await fixture.get("/v1/persons/\(try await self.person(fixture))/events").items.count == 1)
    }

    @Test func aNewScannerCountsFromThenOnOrTakesInThePast() async throws {
        for takesInPast in [false, true] {
            let fixture = try self.fixture()
            try await fixture.take(
                self.used("a", "Alerts", on: "2026-03-01"),
                self.used("b", "Alerts", on: "2026-03-02")
            )
            let created = await self.scanner(fixture, takesInPast ? #","takeInPast":true"# : "")
            #expect(created.status == 201)
            try await fixture.take(self.used("c", "Alerts", on: "2026-03-03"))
            try fixture.settle()
            #expect(
                try await self.features(fixture)
                    == [takesInPast ? "Alerts 0/3/0 3 2026-03-03" : "Alerts 0/1/0 1 2026-03-03"]
            )
            let run = await fixture.get("/v1/scanners/\(created.root?["id"]?.string ?? "")/runs").items.first
            #expect((run?["state"]?.string == "finished") == takesInPast)
        }
    }

    @Test func lateEventsLandOnTheirOwnDay() async throws {
        let fixture = try self.fixture()
        await self.scanner(fixture)
        try await fixture.take(
            self.used("a", "Alerts", on: "2026-03-31"),
            self.used("b", "Alerts", on: "2026-01-05"),
            self.used("c", "Alerts", on: "2026-03-15")
        )
        let person = try await self.person(fixture)
        let usage = await fixture.get("/v1/persons/\(person)/usage?days=all&by=week")
        let used = usage.items.filter { $0["uses"]?.int64 != 0 }
        #expect(used.map { $0["from"]?.string ?? "" } == ["2026-01-05", "2026-03-09", "2026-03-30"])
        #expect(try await self.features(fixture, "days=30") == ["Alerts 0/2/0 2 2026-03-31"])
        #expect(try await self.features(fixture, "days=5&until=2026-03-16") == ["Alerts 0/1/0 1 2026-03-15"])
    }

    @Test func anAnonymousPastCountsForThePersonItBelongsTo() async throws {
        let fixture = try self.fixture()
        await self.scanner(fixture)
        try await fixture.take(
            self.used("a", "Alerts", on: "2026-03-30", user: nil, anonymous: "x"),
            self.used("b", "Alerts", on: "2026-03-31"),
            TestCall.identify("c", user: "u", anonymous: "x")
        )
        #expect(try await self.features(fixture) == ["Alerts 0/2/0 2 2026-03-31"])
    }

    @Test func useOfACompanyIsThatOfItsPersonsWhileTheyBelongedToIt() async throws {
        let fixture = try self.fixture()
        await self.scanner(fixture)
        try await fixture.take(
            TestCall.identify("a", user: "u", #"{"company":"One"}"#).at("2026-03-01T00:00:00Z"),
            self.used("b", "Alerts", on: "2026-03-05"),
            TestCall.identify("c", user: "u", #"{"company":"Two"}"#).at("2026-03-10T00:00:00Z"),
            self.used("d", "Alerts", on: "2026-03-10"),
            self.used("e", "Alerts", on: "2026-03-20"),
            TestCall.identify("f", user: "v", #"{"company":"One"}"#).at("2026-03-01T00:00:00Z"),
            self.used("g", "Alerts", on: "2026-03-20", user: "v")
        )
        try fixture.settle()
        var uses: [String: Int64] = [:]
        for company in await fixture.get("/v1/companies").items {
            let answer = await fixture.get("/v1/companies/\(company["id"]?.string ?? "")/features?days=all")
            uses[company["name"]?.string ?? ""] = answer.items.first?["uses"]?.int64
        }
        #expect(uses == ["One": 2, "Two": 2])
    }

    @Test func erasingTakesTheUseAndTheNamesOfItsOwnFeatures() async throws {
        let fixture = try self.fixture()
        await self.scanner(fixture)
        try await fixture.take(
            self.used("a", "Alerts", on: "2026-03-30"),
            self.used("b", "Secret of u", on: "2026-03-30"),
            self.used("c", "Alerts", on: "2026-03-30", user: "v")
        )
        #expect(await fixture.send("DELETE", "/v1/persons/\(try await self.person(fixture))").status == 204)
        let left = try await fixture.engine.store.pool.read { db in
            try String.fetchAll(db, sql: "SELECT name || ' ' || rows FROM features")
                + [String(try Int.fetchOne(db, sql: "SELECT count(*) FROM usage") ?? -1)]
        }
        #expect(left == ["Alerts 1", "1"])
        // Names that were forgotten are learned again.
        try await fixture.take(self.used("d", "Secret of u", on: "2026-03-30"))
        #expect(try await self.features(fixture) == ["Secret of u 0/1/0 1 2026-03-30"])
    }

    @Test func switchedOffNothingIsCountedAndTakingInThePastCountsAnew() async throws {
        let fixture = try self.fixture()
        let id = await self.scanner(fixture).root?["id"]?.string ?? ""
        try await fixture.take(self.used("a", "Alerts", on: "2026-03-30"))
        #expect(await fixture.send("PATCH", "/v1/scanners/\(id)", #"{"enabled":false}"#).status == 200)
        try await fixture.take(self.used("b", "Alerts", on: "2026-03-30"))
        #expect(try await self.features(fixture) == ["Alerts 0/1/0 1 2026-03-30"])
        #expect(await fixture.send("PATCH", "/v1/scanners/\(id)", #"{"enabled":true}"#).status == 200)
        try await fixture.take(self.used("c", "Alerts", on: "2026-03-30"))
        #expect(try await self.features(fixture) == ["Alerts 0/2/0 2 2026-03-30"])
        #expect(await fixture.send("PATCH", "/v1/scanners/\(id)", #"{"takeInPast":true}"#).status == 200)
        try fixture.settle()
        #expect(try await self.features(fixture) == ["Alerts 0/3/0 3 2026-03-30"])
        // The counts of before are cleared.
        let sets = try await fixture.engine.store.pool.read { db in
            try Int.fetchOne(db, sql: "SELECT count(DISTINCT usageSet) FROM usage")
        }
        #expect(sets == 1)
    }

    @Test func aScannerThatIsDeletedLeavesNothing() async throws {
        let fixture = try self.fixture()
        let id = await self.scanner(fixture).root?["id"]?.string ?? ""
        try await fixture.take(self.used("a", "Alerts", on: "2026-03-30"))
        #expect(await fixture.send("DELETE", "/v1/scanners/\(id)").status == 204)
        try fixture.settle()
        #expect(try await self.features(fixture).isEmpty)
        let left = try await fixture.engine.store.pool.read { db in
            try Int.fetchOne(db, sql: "SELECT (SELECT count(*) FROM usage) + (SELECT count(*) FROM usageSets)")
        }
        #expect(left == 0)
    }

    @Test func takingInThePastGoesOnAfterARestart() async throws {
        let directory = try TemporaryDirectory()
        let key: String
        do {
            let fixture = try Fixture(reopening: directory)
            key = fixture.key
            for start in stride(from: 0, to: 5_000, by: 500) {
                try await fixture.takeTogether(
                    (start..<start + 500).map { self.used("m\($0)", "F\($0 % 7)", on: "2026-03-\(10 + $0 % 20)") }
                )
            }
            await self.scanner(fixture, #","takeInPast":true"#)
            // One step of three.
            var work = ScanWork(store: fixture.engine.store, clock: { Instant.now() })
            while try await fixture.engine.store.pool.read({ db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM usage") == 0
            }) {
                #expect(try work.step())
            }
            fixture.engine.close()
        }
        let fixture = try Fixture(reopening: directory)
        try await fixture.takeTogether([self.used("late", "F0", on: "2026-03-10")], key: key)
        try fixture.settle()
        let uses = await fixture.send(
            "GET",
            "/v1/persons/\(try await self.person(fixture, key: key))/features?days=all",
            key: key
        ).items.compactMap { $0["uses"]?.int64 }.reduce(0, +)
        #expect(uses == 5_001)
    }

    @Test func tenThousandFeaturesOfOnePersonAreBoundedAndVisible() async throws {
        let fixture = try self.fixture()
        await self.scanner(fixture)
        for start in stride(from: 0, to: 10_000, by: 500) {
            try await fixture.takeTogether(
                (start..<start + 500).map { self.used("m\($0)", "Feature \($0)", on: "2026-03-30") }
            )
        }
        let answer = await fixture.get("/v1/persons/\(try await self.person(fixture))/features")
        #expect(answer.items.count == 100)
        #expect(answer.root?["otherFeatures"]?["count"]?.int64 == 9_900)
        #expect(answer.root?["otherFeatures"]?["uses"]?.int64 == 9_900)
    }

    @Test(arguments: ["0001-01-01", "1969-12-31", "9999-12-31"])
    func absurdDaysAreDaysLikeOthers(day: String) async throws {
        let fixture = try self.fixture()
        await self.scanner(fixture)
        try await fixture.take(self.used("a", "Alerts", on: day), self.used("b", "Alerts", on: "2026-03-30"))
        let person = try await self.person(fixture)
        #expect(
            try await self.features(fixture, "days=all&until=9999-12-31").first?.hasPrefix("Alerts 0/2/0 2") == true
        )
        let usage = await fixture.get("/v1/persons/\(person)/usage?days=all")
        #expect(usage.items.count <= 3660)
        #expect(usage.status == 200)
    }

    @Test(arguments: ["days=0", "days=3651", "days=-1", "days=x", "until=2026-02-30", "until=yesterday", "by=month"])
    func absurdQuestionsAreRefused(query: String) async throws {
        let fixture = try self.fixture()
        try await fixture.take(self.used("a", "Alerts", on: "2026-03-30"))
        let answer = await fixture.get("/v1/persons/\(try await self.person(fixture))/usage?\(query)")
        #expect(answer.status == 400)
        #expect(answer.code == "bad_parameter")
    }

    @Test(arguments: 0..<12)
    func shuffledAndRepeatedEventsEndInTheSameUse(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var calls = (0..<60).map { number -> TestCall in
            let flag = ["Positive", "negative", "x", ""].randomElement(using: &random) ?? ""
            let isKnown = Bool.random(using: &random)
            return self.used(
                "m\(number)",
                "F\(Int.random(in: 0..<4, using: &random))",
                flag,
                on: "2026-03-\(10 + Int.random(in: 0..<15, using: &random))",
                user: isKnown ? "u" : nil,
                anonymous: isKnown ? nil : ["x", "y"].randomElement(using: &random)
            )
        }
        calls.append(.identify("i", user: "u", anonymous: "x", at: 30))
        let fixture = try self.fixture()
        var expected: [String]?
        for round in 0..<4 {
            let key = try fixture.makeKey(account: "round \(round)")
            await self.scanner(fixture, key: key)
            var rest = (calls + (round == 0 ? [] : calls)).shuffled(using: &random)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...20, using: &random)
                try await fixture.takeTogether(Array(rest.prefix(count)), key: key)
                rest = rest.dropFirst(count)
            }
            let found = try await self.features(fixture, key: key)
            #expect(!found.isEmpty)
            #expect(found == expected ?? found)
            expected = expected ?? found
        }
    }
}
