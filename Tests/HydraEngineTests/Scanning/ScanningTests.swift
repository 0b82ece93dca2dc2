import GRDB
import JSON
import TestSupport
import Testing

@testable import HydraEngine

/// Scanners look at records when they change, and at all of them when a scanner does.
@Suite struct ScanningTests {
    private func person(_ fixture: Fixture, _ user: String = "u") async throws -> JSONValue {
        let id = try await fixture.get("/v1/persons?userId=\(user)").item()["id"]?.string ?? ""
        return try #require(await fixture.get("/v1/persons/\(id)").root)
    }

    private func scanner(_ fixture: Fixture, kind: String) async throws -> JSONValue {
        try #require(await fixture.get("/v1/scanners").items.first { $0["kind"]?.string == kind })
    }

    @Test func theContractsExample() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify(
                "a",
                user: "userId123",
                #"{"email":"john.doe@example.com","firstName":"John","lastName":"Doe","title":"VP of Happiness"}"#
            )
        )
        try fixture.settle()
        let person = try await self.person(fixture, "userId123")
        #expect(person["role"]?["label"]?.string == "people")
        #expect(person["role"]?["details"]?["seniority"]?.string == "vp")
        #expect(person["role"]?["reasons"]?.elements.map { $0["subject"]?.string } == ["word VP", "word Happiness"])
        #expect(person["persona"]?["label"]?.string == "People team")
        let points = Dictionary(
            uniqueKeysWithValues: person["dataPoints"]?.elements.map { ($0["name"]?.string ?? "", $0) } ?? []
        )
        #expect(points["email.kind"]?["value"]?.string == "work")
        #expect(points["email.kind"]?["source"]?.string == "email")
        #expect(points["email.kind"]?["time"]?.string == "2026-01-02T03:04:00.000Z")
        let company = await fixture.get("/v1/companies/\(person["company"]?["id"]?.string ?? "")").root
        #expect(company?["icp"]?["label"]?.string != nil)
        #expect(company?["dataPoints"]?.elements.contains { $0["name"]?.string == "company.domain" } == true)
    }

    @Test func aChangedTitleIsReadAgain() async throws {
        let fixture = try Fixture()
        try await fixture.take(.identify("a", user: "u", at: 1, #"{"title":"Software Engineer"}"#))
        try fixture.settle()
        #expect(try await self.person(fixture)["persona"]?["label"]?.string == "Engineer")
        try await fixture.take(.identify("b", user: "u", at: 2, #"{"title":"VP Engineering"}"#))
        try fixture.settle()
        #expect(try await self.person(fixture)["persona"]?["label"]?.string == "Engineering leader")
        try await fixture.take(.identify("c", user: "u", at: 3, #"{"title":null}"#))
        try fixture.settle()
        #expect(try await self.person(fixture)["role"]?.isNull == true)
        #expect(try await self.person(fixture)["persona"]?["label"]?.isNull == true)
    }

    @Test func theProfileKnowsPlanSizeAndPeople() async throws {
        let fixture = try Fixture()
        let company = #""company":{"domain":"acme.example","employees":"51-200","industry":"Software","plan":"gold"}"#
        try await fixture.take(.identify("a", user: "u", at: 1, "{\(company)}"))
        try fixture.settle()
        let icp = try await fixture.get("/v1/companies").item()["icp"]
        #expect(icp?["score"]?.double == 90)
        #expect(icp?["label"]?.string == "very_good")
        #expect(icp?["confidence"]?.double == 1)
        #expect((3...5).contains(icp?["reasons"]?.count ?? 0))
        try await fixture.take(
            .identify("b", user: "v", at: 1, "{\(company)}"),
            .identify("c", user: "w", at: 1, "{\(company)}")
        )
        try fixture.settle()
        #expect(try await fixture.get("/v1/companies").item()["icp"]?["score"]?.double == 100)
        // Somebody leaves: two are known.
        try await fixture.take(.identify("d", user: "w", at: 2, #"{"company":null,"email":"w@gmail.com"}"#))
        try fixture.settle()
        #expect(try await fixture.get("/v1/companies").item()["icp"]?["score"]?.double == 90)
    }

    @Test func anEditedScannerLooksAtAllRecords() async throws {
        let fixture = try Fixture()
        try await fixture.takeTogether(
            (0..<450).map { .identify("m\($0)", user: "u\($0)", #"{"plan":"p\#($0 % 2)","title":"CTO"}"#) }
        )
        try fixture.settle()
        let id = try await self.scanner(fixture, kind: "persona")["id"]?.string ?? ""
        let definition = """
            {"personas":[{"name":"Odd","conditions":[{"subject":"trait.plan","operator":"is","value":"P1"}]}]}
            """
        let body = #"{"definition":\#(definition)}"#
        let preview = await fixture.send(
            "POST",
            "/v1/scanners/preview",
            #"{"kind":"persona","scanner":"\#(id)","definition":\#(definition)}"#
        )
        #expect(preview.root?["examined"]?.int64 == 450)
        #expect(preview.root?["changed"]?.int64 == 450)
        #expect(preview.items.count == 50)
        #expect(await fixture.send("PATCH", "/v1/scanners/\(id)", body).status == 200)
        try fixture.settle()
        let run = try #require(await fixture.get("/v1/scanners/\(id)/runs").items.first)
        #expect(run["state"]?.string == "finished")
        #expect(run["reason"]?.string == "edited")
        #expect(run["done"]?.int64 == 450)
        #expect(run["changed"]?.int64 == 450)
        #expect(await fixture.get("/v1/persons?persona=Odd&limit=200").items.count == 200)
        #expect(await fixture.get("/v1/persons?persona=&limit=200").items.count == 200)
        #expect(try await self.person(fixture, "u1")["persona"]?["label"]?.string == "Odd")
        #expect(try await self.person(fixture, "u2")["persona"]?["details"]?["nearest"]?.string == "Odd")
    }

    @Test func aRunGoesOnAfterARestart() async throws {
        let directory = try TemporaryDirectory()
        let key: String
        do {
            let fixture = try Fixture(reopening: directory)
            key = fixture.key
            try await fixture.takeTogether(
                (0..<500).map { .identify("m\($0)", user: "u\($0)", #"{"title":"CTO"}"#) }
            )
            try fixture.settle()
            let id = try await self.scanner(fixture, kind: "role")["id"]?.string ?? ""
            _ = await fixture.send(
                "PATCH",
                "/v1/scanners/\(id)",
                #"{"definition":{"rules":[{"words":"CTO","function":"it"}]}}"#
            )
            var work = ScanWork(store: fixture.engine.store, clock: { Instant.now() })
            _ = try work.step()
            _ = try work.step()
            let done = await fixture.get("/v1/scanners/\(id)/runs").items.first?["done"]?.int64 ?? 0
            #expect((1..<500).contains(done), "\(done)")
            fixture.engine.close()
        }
        let fixture = try Fixture(reopening: directory)
        try fixture.settle()
        let persons = await fixture.send("GET", "/v1/persons?role=it&limit=200", key: key)
        #expect(persons.items.count == 200)
        #expect(await fixture.send("GET", "/v1/persons?role=engineering", key: key).items.isEmpty)
    }

    @Test func offAndDeletedScannersShowNothing() async throws {
        let fixture = try Fixture()
        try await fixture.take(.identify("a", user: "u", #"{"title":"CTO"}"#))
        try fixture.settle()
        let id = try await self.scanner(fixture, kind: "persona")["id"]?.string ?? ""
        _ = await fixture.send("PATCH", "/v1/scanners/\(id)", #"{"enabled":false}"#)
        #expect(try await self.person(fixture)["persona"]?.isNull == true)
        _ = await fixture.send("PATCH", "/v1/scanners/\(id)", #"{"enabled":true}"#)
        try fixture.settle()
        #expect(try await self.person(fixture)["persona"]?["label"]?.string == "Executive buyer")
        #expect(await fixture.send("DELETE", "/v1/scanners/\(id)").status == 204)
        try fixture.settle()
        #expect(try await self.person(fixture)["persona"]?.isNull == true)
        #expect(await fixture.get("/v1/scanners/\(id)").status == 404)
        #expect(await fixture.get("/v1/scanners/\(id)/runs").status == 404)
        let left = try await fixture.engine.store.pool.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM scanResults WHERE scanner NOT IN (SELECT id FROM scanners)")
        }
        #expect(left == 0)
    }

    @Test func twoPeopleEditingOneScannerAreTold() async throws {
        let fixture = try Fixture()
        let id = try await self.scanner(fixture, kind: "persona")["id"]?.string ?? ""
        #expect(await fixture.send("PATCH", "/v1/scanners/\(id)", #"{"name":"One","version":1}"#).status == 200)
        let second = await fixture.send("PATCH", "/v1/scanners/\(id)", #"{"name":"Two","version":1}"#)
        #expect(second.status == 409)
        #expect(second.code == "edited_meanwhile")
    }

    @Test func everyMistakeOfADefinitionIsNamed() async throws {
        let fixture = try Fixture()
        let answer = await fixture.send(
            "POST",
            "/v1/scanners",
            """
            {"kind":"persona","nme":1,"definition":{"pick":"worst","personas":[
                {"name":"","conditions":[{"subject":"weight","operator":"is","value":1},
                    {"subject":"trait.plan","operator":"like","value":1},
                    {"subject":"trait.plan","operator":"atLeast","value":"x"}]}]}}
            """
        )
        #expect(answer.status == 422)
        #expect(answer.code == "definition_invalid")
        let paths = answer.root?["mistakes"]?.elements.compactMap { $0["path"]?.string } ?? []
        #expect(
            Set(paths) == [
                "nme", "name", "definition.pick", "definition.personas[0].name",
                "definition.personas[0].conditions[0].subject", "definition.personas[0].conditions[1].operator",
                "definition.personas[0].conditions[2].value",
            ]
        )
    }

    @Test func anotherAccountsScannersAreNotThere() async throws {
        let fixture = try Fixture()
        let other = try fixture.makeKey(account: "other")
        let id = try await self.scanner(fixture, kind: "role")["id"]?.string ?? ""
        for (method, path, body) in [
            ("GET", "", ""), ("PATCH", "", #"{"name":"x"}"#), ("DELETE", "", ""), ("GET", "/runs", ""),
            ("POST", "/runs", ""),
        ] {
            #expect(await fixture.send(method, "/v1/scanners/\(id)\(path)", body, key: other).status == 404)
        }
        let preview = #"{"kind":"role","definition":{},"scanner":"\#(id)"}"#
        #expect(await fixture.send("POST", "/v1/scanners/preview", preview, key: other).status == 404)
        #expect(await fixture.get("/v1/scanners").items.count == 3)
    }

    @Test func useDecidesAPersona() async throws {
        let fixture = try Fixture()
        let definition = """
            {"personas":[{"name":"Fan","conditions":[
                {"subject":"usage.Alerts.v2.uses","operator":"atLeast","value":2}]}]}
            """
        let id = try await self.scanner(fixture, kind: "persona")["id"]?.string ?? ""
        #expect(await fixture.send("PATCH", "/v1/scanners/\(id)", #"{"definition":\#(definition)}"#).status == 200)
        _ = await fixture.send("POST", "/v1/scanners", #"{"kind":"product_usage","name":"Use"}"#)
        try await fixture.take(.track("a", user: "u", at: 1, #"{"feature":"Alerts.v2"}"#))
        try fixture.settle()
        #expect(try await self.person(fixture)["persona"]?["label"]?.isNull == true)
        try await fixture.take(.track("b", user: "u", at: 2, #"{"feature":"Alerts.v2"}"#))
        try fixture.settle()
        #expect(try await self.person(fixture)["persona"]?["label"]?.string == "Fan")
    }

    @Test func erasingAPersonTakesWhatWasFoundOut() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", #"{"title":"CTO","email":"u@acme.example"}"#),
            .identify("b", user: "v", #"{"title":"CEO","email":"v@acme.example"}"#)
        )
        try fixture.settle()
        let id = try await self.person(fixture)["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/persons/\(id)").status == 204)
        try fixture.settle()
        let left = try await fixture.engine.store.pool.read { db in
            try ["personPoints", "companySpans"].map { try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") }
                + [
                    Int.fetchOne(
                        db,
                        sql:
                            "SELECT count(*) FROM scanResults JOIN scanners ON scanners.id = scanner WHERE kind <> 'ideal_customer_profile'"
                    )
                ]
        }
        #expect(left == [1, 1, 2])
        #expect(
            try await fixture.get("/v1/companies").item()["icp"]?["details"]?["knownPeople"]?.int64 == 1
        )
    }

    @Test(arguments: 0..<10)
    func whateverTheOrderTheFindingsAreTheSame(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let calls = (0..<40).map { number -> TestCall in
            let user = ["u", "v", "w"].randomElement(using: &random)
            let device = ["x", "y", nil].randomElement(using: &random) ?? nil
            if Bool.random(using: &random) {
                return .track(
                    "t\(number)",
                    user: Bool.random(using: &random) ? user : nil,
                    anonymous: device ?? "x",
                    at: number
                )
            }
            let traits = [
                #"{"email":"a@one.example"}"#, #"{"email":"b@two.example","plan":"p"}"#, #"{"company":null}"#,
                #"{"company":{"domain":"three.example","employees":\#(number)}}"#, #"{"title":"CTO"}"#,
                #"{"title":"Account Manager"}"#, #"{"email":"c@gmail.com","country":"DE"}"#,
            ]
            return .identify(
                "i\(number)",
                user: user,
                anonymous: device,
                at: number,
                traits.randomElement(using: &random) ?? "{}"
            )
        }
        let fixture = try Fixture()
        var expected: String?
        for round in 0..<4 {
            let key = try fixture.makeKey(account: "round \(round)")
            var rest = (calls + (round % 2 == 0 ? [] : calls)).shuffled(using: &random)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...9, using: &random)
                try await fixture.takeTogether(Array(rest.prefix(count)), key: key)
                rest = rest.dropFirst(count)
                if Bool.random(using: &random) { try fixture.settle() }
            }
            try fixture.settle()
            let findings = await self.findings(fixture, key: key)
            #expect(findings == expected ?? findings)
            expected = expected ?? findings
        }
    }

    /// What an account shows of its findings but ids and times of scanning.
    private func findings(_ fixture: Fixture, key: String) async -> String {
        var lines: [String] = []
        for (list, results) in [("persons", ["role", "persona"]), ("companies", ["icp"])] {
            for item in await fixture.send("GET", "/v1/\(list)?limit=200", key: key).items {
                let id = item["id"]?.string ?? ""
                let detail = await fixture.send("GET", "/v1/\(list)/\(id)", key: key).root
                let found = results.map { result -> String in
                    let outcome = detail?[key: result]
                    return ["label", "score", "confidence", "details", "reasons"]
                        .map { outcome?[key: $0]?.rawString ?? "-" }.joined(separator: " ")
                }
                let name = item["userId"]?.string ?? item["domain"]?.string ?? ""
                lines.append("\(list) \(name) \(found) \(detail?["dataPoints"]?.rawString ?? "-")")
            }
        }
        return lines.sorted().joined(separator: "\n")
    }
}
