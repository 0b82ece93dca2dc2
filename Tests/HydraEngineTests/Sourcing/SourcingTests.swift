import GRDB
import HydraDataPoints
import JSON
import TestSupport
import Testing

@testable import HydraEngine

/// Network sources are off until switched on; then companies are looked up in turn, and what was found is shown.
@Suite struct SourcingTests {
    private func fixture(
        _ lookup: ScriptedLookup,
        _ clock: TestClock,
        reopening directory: TemporaryDirectory? = nil
    ) throws -> Fixture {
        var options = EngineOptions()
        options.lookup = lookup
        options.clock = { clock.now }
        return try Fixture(reopening: directory, options: options)
    }

    /// An identify that names a company by its domain.
    private func company(_ domain: String, id: String? = nil, _ members: String = "") -> TestCall {
        .identify(
            id ?? "call \(domain)",
            user: "user of \(domain)",
            #"{"company":{"domain":"\#(domain)"\#(members)}}"#
        )
    }

    private func point(
        _ fixture: Fixture,
        _ name: String,
        domain: String = "acme.example",
        key: String? = nil
    ) async throws
        -> JSONValue?
    {
        let list = await fixture.send("GET", "/v1/companies?domain=\(domain)", key: key ?? fixture.key)
        let id = try list.item()["id"]?.string ?? ""
        let root = await fixture.send("GET", "/v1/companies/\(id)", key: key ?? fixture.key).root
        return root?["dataPoints"]?.elements.first { $0["name"]?.string == name }
    }

    private func switchOn(
        _ fixture: Fixture,
        _ body: String = #"{"dns":true,"homePage":true}"#,
        key: String? = nil
    ) async
        -> Answer
    {
        await fixture.send("PATCH", "/v1/settings/sourcing", body, key: key ?? fixture.key)
    }

    // MARK: Settings

    @Test func nothingIsLookedUpUntilItIsSwitchedOn() async throws {
        let lookup = ScriptedLookup()
        let fixture = try self.fixture(lookup, try TestClock())
        try await fixture.take(self.company("acme.example"))
        try fixture.settle()
        #expect(lookup.questions.isEmpty)
        let settings = await fixture.get("/v1/settings/sourcing")
        #expect(
            settings.text
                == #"{"dns":false,"homePage":false,"waiting":0,"lookedUp":0,"cachedDomains":0,"lastError":null}"#
        )
    }

    @Test func whatIsFoundIsShownWithSourceTimeAndConfidence() async throws {
        let lookup = ScriptedLookup()
        let fixture = try self.fixture(lookup, try TestClock())
        try await fixture.take(self.company("acme.example"))
        #expect(await self.switchOn(fixture).status == 200)
        #expect(await fixture.get("/v1/settings/sourcing").root?["waiting"]?.int64 == 1)
        try fixture.settle()
        #expect(lookup.questions.map(\.domain) == ["acme.example"])
        #expect(lookup.questions.first?.sources == [.dns, .homePage])
        let tools = try await self.point(fixture, "company.tools")
        #expect(tools?["value"]?.rawString == #"["HubSpot","Slack"]"#)
        #expect(tools?["source"]?.string == "dns")
        #expect(tools?["confidence"]?.double == 0.85)
        #expect(tools?["time"]?.string == "2026-03-01T00:00:00.000Z")
        #expect(try await self.point(fixture, "company.employees")?["source"]?.string == "home_page")
        let settings = await fixture.get("/v1/settings/sourcing").root
        #expect(settings?["waiting"]?.int64 == 0)
        #expect(settings?["lookedUp"]?.int64 == 1)
        #expect(settings?["cachedDomains"]?.int64 == 1)
    }

    @Test func aCompanyThatComesLaterIsLookedUpToo() async throws {
        let lookup = ScriptedLookup()
        let fixture = try self.fixture(lookup, try TestClock())
        _ = await self.switchOn(fixture, #"{"dns":true}"#)
        try await fixture.take(.identify("a", user: "u", #"{"email":"a@mail.acme.example"}"#))
        try fixture.settle()
        #expect(lookup.questions.map(\.sources) == [[.dns]])
        #expect(try await self.point(fixture, "company.tools") != nil)
        #expect(try await self.point(fixture, "company.employees") == nil)
        // The second source is asked alone.
        _ = await self.switchOn(fixture, #"{"homePage":true}"#)
        try fixture.settle()
        #expect(lookup.questions.map(\.sources) == [[.dns], [.homePage]])
        #expect(try await self.point(fixture, "company.employees") != nil)
    }

    @Test func switchingOffHidesAndStops() async throws {
        let lookup = ScriptedLookup()
        let clock = try TestClock()
        let fixture = try self.fixture(lookup, clock)
        _ = await self.switchOn(fixture)
        try await fixture.take(self.company("acme.example"))
        try fixture.settle()
        let off = await self.switchOn(fixture, #"{"dns":false}"#)
        #expect(off.root?["dns"]?.bool == false)
        #expect(off.root?["homePage"]?.bool == true)
        try fixture.settle()
        #expect(try await self.point(fixture, "company.tools") == nil)
        #expect(try await self.point(fixture, "company.employees") != nil)
        _ = await self.switchOn(fixture, #"{"homePage":false}"#)
        clock.advance(hours: 24 * 30)
        try await fixture.take(self.company("other.example"))
        try fixture.settle()
        #expect(lookup.questions.count == 1)
        #expect(try await self.point(fixture, "company.employees") == nil)
        // What nobody wants to know any more is gone by now.
        let rows = try await fixture.engine.store.pool.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM sourcedDomains")
        }
        #expect(rows == 0)
    }

    @Test(arguments: [
        ("{", 400), ("[]", 422), (#"{"dns":1}"#, 422), (#"{"dns":null}"#, 422), (#"{"dsn":true}"#, 422),
        (#"{"dns":true,"homePage":"yes"}"#, 422), ("{}", 200), ("", 400),
    ])
    func aBadBodyChangesNothing(body: String, status: Int) async throws {
        let fixture = try self.fixture(ScriptedLookup(), try TestClock())
        #expect(await self.switchOn(fixture, body).status == status)
        let settings = await fixture.get("/v1/settings/sourcing").root
        #expect(settings?["dns"]?.bool == false)
        #expect(settings?["homePage"]?.bool == false)
    }

    // MARK: What is looked up

    @Test func freeMailDomainsAreNeverLookedUp() async throws {
        let lookup = ScriptedLookup()
        let fixture = try self.fixture(lookup, try TestClock())
        _ = await self.switchOn(fixture)
        try await fixture.take(
            self.company("gmail.com"),
            self.company("mailinator.com"),
            .identify("a", user: "u", #"{"email":"u@gmx.de"}"#),
            .identify("b", user: "v", #"{"company":"No Domain"}"#),
            self.company("acme.example")
        )
        try fixture.settle()
        #expect(lookup.domains == ["acme.example"])
        #expect(await fixture.get("/v1/settings/sourcing").root?["waiting"]?.int64 == 0)
    }

    @Test func noMoreThanOneASecondAreLookedUp() async throws {
        let lookup = ScriptedLookup()
        let clock = try TestClock()
        let fixture = try self.fixture(lookup, clock)
        _ = await self.switchOn(fixture)
        try await fixture.takeTogether((0..<10).map { self.company("c\($0).example") })
        try fixture.settle()
        #expect(lookup.questions.count == 3)
        try fixture.settle()
        #expect(lookup.questions.count == 3)
        clock.advance(seconds: 1)
        try fixture.settle()
        #expect(lookup.questions.count == 4)
        clock.advance(seconds: -3_600)
        try fixture.settle()
        #expect(lookup.questions.count == 4)
        clock.advance(seconds: 2)
        try fixture.settle()
        #expect(lookup.questions.count == 6)
        clock.advance(seconds: 7_200)
        try fixture.settle()
        #expect(lookup.questions.count == 9)
        clock.advance(seconds: 60)
        try fixture.settle()
        #expect(Set(lookup.domains).count == 10)
        #expect(lookup.questions.count == 10)
    }

    @Test func aDomainIsAskedOnceAWeek() async throws {
        let lookup = ScriptedLookup()
        let clock = try TestClock()
        let fixture = try self.fixture(lookup, clock)
        _ = await self.switchOn(fixture)
        try await fixture.take(self.company("acme.example"), self.company("acme.example", id: "again"))
        try fixture.settle()
        clock.advance(hours: 7 * 24 - 1)
        try await fixture.take(self.company("acme.example", id: "later", #","plan":"gold""#))
        try fixture.settle()
        #expect(lookup.questions.count == 1)
        clock.advance(hours: 1)
        try fixture.settle()
        #expect(lookup.questions.count == 2)
        #expect(try await self.point(fixture, "company.tools")?["time"]?.string == "2026-03-08T00:00:00.000Z")
    }

    @Test func aFailureIsTriedAgainLaterAndLater() async throws {
        let lookup = ScriptedLookup { question in
            SourcedFacts(
                errors: Dictionary(uniqueKeysWithValues: question.sources.map { ($0, "the name server\0 is away") })
            )
        }
        let clock = try TestClock()
        let fixture = try self.fixture(lookup, clock)
        _ = await self.switchOn(fixture, #"{"dns":true}"#)
        try await fixture.take(self.company("acme.example"))
        try fixture.settle()
        var hours: [Int64] = []
        for _ in 0..<7 {
            let before = lookup.questions.count
            var waited: Int64 = 0
            while lookup.questions.count == before, waited < 48 {
                clock.advance(hours: 1)
                waited += 1
                try fixture.settle()
            }
            hours.append(waited)
        }
        #expect(hours == [1, 2, 4, 8, 16, 24, 24])
        let error = await fixture.get("/v1/settings/sourcing").root?["lastError"]
        #expect(error?["domain"]?.string == "acme.example")
        #expect(error?["source"]?.string == "dns")
        #expect(error?["message"]?.string == "the name server is away")
        #expect(try await self.point(fixture, "company.tools") == nil)
    }

    @Test func whatWasFoundOutlivesAFailureForAMonth() async throws {
        let clock = try TestClock()
        let start = clock.now.milliseconds
        let lookup = ScriptedLookup { question in
            question.time == start ? ScriptedLookup.ordinary(question) : SourcedFacts(errors: [.dns: "away"])
        }
        let fixture = try self.fixture(lookup, clock)
        _ = await self.switchOn(fixture, #"{"dns":true}"#)
        try await fixture.take(self.company("acme.example"))
        try fixture.settle()
        for _ in 0..<29 {
            clock.advance(hours: 24)
            try fixture.settle()
        }
        #expect(try await self.point(fixture, "company.tools")?["time"]?.string == "2026-03-01T00:00:00.000Z")
        for _ in 0..<3 {
            clock.advance(hours: 24)
            try fixture.settle()
        }
        #expect(try await self.point(fixture, "company.tools") == nil)
        #expect(await fixture.get("/v1/settings/sourcing").root?["cachedDomains"]?.int64 == 0)
    }

    // MARK: What it changes

    @Test func callersAreNotOverruled() async throws {
        let fixture = try self.fixture(ScriptedLookup(), try TestClock())
        _ = await self.switchOn(fixture)
        try await fixture.take(
            self.company("acme.example", #","name":"Acme Said","industry":"Robotics","employees":7"#),
            self.company("other.example")
        )
        try fixture.settle()
        for (name, value) in [("company.name", "Acme Said"), ("company.industry", "robotics")] {
            let point = try await self.point(fixture, name)
            #expect(point?["value"]?.string == value)
            #expect(point?["source"]?.string == "company_trait")
        }
        #expect(try await self.point(fixture, "company.employees")?["value"]?.int64 == 7)
        // What the domain alone suggests is.
        #expect(try await self.point(fixture, "company.name", domain: "other.example")?["value"]?.string == "Acme Page")
    }

    @Test func theProfileAndPersonasReadWhatWasFound() async throws {
        let fixture = try self.fixture(ScriptedLookup(), try TestClock())
        let tools = #"{"subject":"company.data.company.tools","operator":"is","value":"hubspot"}"#
        let rules =
            #"{"rules":[{"name":"HubSpot","points":60,"when":[\#(tools)]},{"name":"Size","points":40,"when":"#
            + #"[{"subject":"company.data.company.employees","operator":"atLeast","value":100}]}]}"#
        let personas = #"{"personas":[{"name":"HubSpotter","conditions":[\#(tools)]}]}"#
        for (kind, definition) in [("ideal_customer_profile", rules), ("persona", personas)] {
            let scanner = await fixture.get("/v1/scanners").items.first { $0["kind"]?.string == kind }
            let changed = await fixture.send(
                "PATCH",
                "/v1/scanners/\(scanner?["id"]?.string ?? "")",
                #"{"definition":\#(definition)}"#
            )
            #expect(changed.status == 200, "\(changed.text)")
        }
        func score() async throws -> JSONValue? { try await fixture.get("/v1/companies").item()["icp"]?["score"] }
        try await fixture.take(self.company("acme.example"))
        try fixture.settle()
        let before = try await score()
        #expect(before?.isNull == true, "nothing is known that the profile looks at")
        #expect(await fixture.get("/v1/persons?persona=HubSpotter").items.isEmpty)
        _ = await self.switchOn(fixture)
        try fixture.settle()
        let after = try await score()
        #expect(after?.double == 100)
        #expect(await fixture.get("/v1/persons?persona=HubSpotter").items.count == 1)
        _ = await self.switchOn(fixture, #"{"dns":false,"homePage":false}"#)
        try fixture.settle()
        let off = try await score()
        #expect(off?.isNull == true)
        #expect(await fixture.get("/v1/persons?persona=HubSpotter").items.isEmpty)
    }

    // MARK: Accounts, erasing, restarts

    @Test func eachAccountHasItsOwnSettings() async throws {
        let lookup = ScriptedLookup()
        let fixture = try self.fixture(lookup, try TestClock())
        let other = try fixture.makeKey(account: "other")
        _ = await self.switchOn(fixture, #"{"dns":true}"#)
        try await fixture.take(self.company("acme.example"))
        try await fixture.take(self.company("acme.example"), self.company("secret.example"), key: other)
        try fixture.settle()
        // Nobody who wants to know has the other company.
        #expect(lookup.domains == ["acme.example"])
        #expect(try await self.point(fixture, "company.tools") != nil)
        #expect(try await self.point(fixture, "company.tools", key: other) == nil)
        let others = await fixture.send("GET", "/v1/settings/sourcing", key: other).root
        #expect(others?["dns"]?.bool == false)
        #expect(others?["cachedDomains"]?.int64 == 0)
        // Once it is switched on there too, the cache is shared.
        _ = await self.switchOn(fixture, #"{"dns":true}"#, key: other)
        try fixture.settle()
        #expect(lookup.domains == ["acme.example", "secret.example"])
        #expect(try await self.point(fixture, "company.tools", key: other) != nil)
        #expect(await fixture.get("/v1/settings/sourcing").root?["lookedUp"]?.int64 == 1)
        #expect(await fixture.send("GET", "/v1/settings/sourcing", key: other).root?["lookedUp"]?.int64 == 2)
    }

    @Test func theLastCompanyOfADomainTakesItAlong() async throws {
        let fixture = try self.fixture(ScriptedLookup(), try TestClock())
        let other = try fixture.makeKey(account: "other")
        _ = await self.switchOn(fixture)
        try await fixture.take(self.company("acme.example"))
        try await fixture.take(self.company("acme.example"), key: other)
        try fixture.settle()
        func cached() async throws -> Int? {
            try await fixture.engine.store.pool.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM sourcedDomains")
            }
        }
        func erase(_ key: String) async throws {
            let persons = await fixture.send("GET", "/v1/persons", key: key)
            let id = try persons.item()["id"]?.string ?? ""
            #expect(await fixture.send("DELETE", "/v1/persons/\(id)", key: key).status == 204)
        }
        #expect(try await cached() == 2)
        try await erase(other)
        #expect(try await cached() == 2)
        try await erase(fixture.key)
        #expect(try await cached() == 0)
        try fixture.settle()
    }

    @Test func theQueueGoesOnAfterARestart() async throws {
        let directory = try TemporaryDirectory()
        let clock = try TestClock()
        let first = ScriptedLookup()
        let key: String
        do {
            let fixture = try self.fixture(first, clock, reopening: directory)
            key = fixture.key
            _ = await self.switchOn(fixture)
            try await fixture.takeTogether((0..<5).map { self.company("c\($0).example") })
            try fixture.settle()
            fixture.engine.close()
        }
        #expect(first.questions.count == 3)
        let second = ScriptedLookup()
        let fixture = try self.fixture(second, clock, reopening: directory)
        try fixture.settle()
        #expect(Set(first.domains + second.domains).count == 5)
        #expect(second.questions.count == 2)
        #expect(try await self.point(fixture, "company.tools", domain: "c0.example", key: key) != nil)
    }

    @Test func withoutASourceNothingIsAsked() async throws {
        let fixture = try Fixture()
        _ = await self.switchOn(fixture)
        try await fixture.take(self.company("acme.example"))
        try fixture.settle()
        #expect(await fixture.get("/v1/settings/sourcing").root?["waiting"]?.int64 == 1)
    }
}
