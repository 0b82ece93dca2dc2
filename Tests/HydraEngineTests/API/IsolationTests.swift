import JSON
import Testing

/// Nothing of one account is visible to, or touched by, another one's key.
@Suite struct IsolationTests {
    @Test func anotherAccountSeesAndChangesNothing() async throws {
        let fixture = try Fixture()
        let other = try fixture.makeKey(account: "other")
        let mine = [
            TestCall.identify(
                "a",
                user: "u",
                anonymous: "x",
                at: 1,
                #"{"email":"u@one.example","company":{"id":1,"plan":"gold"}}"#
            ),
            .track("b", user: "u", at: 2),
        ]
        try await fixture.take(mine)
        let before = await fixture.snapshot(key: fixture.key)
        let person = try await fixture.get("/v1/persons").item()["id"]?.string ?? ""
        let company = try await fixture.get("/v1/companies").item()["id"]?.string ?? ""

        for list in [
            "/v1/persons", "/v1/persons?userId=u", "/v1/persons?anonymousId=x", "/v1/persons?email=u@one.example",
            "/v1/persons?q=u", "/v1/persons?company=\(company)", "/v1/companies", "/v1/companies?q=1",
        ] {
            let answer = await fixture.send("GET", list, key: other)
            #expect(answer.status == 200)
            #expect(answer.items.isEmpty, "\(list)")
        }
        for target in ["/v1/persons/\(person)", "/v1/persons/\(person)/events", "/v1/companies/\(company)"] {
            #expect(await fixture.send("GET", target, key: other).status == 404)
        }
        #expect(await fixture.send("DELETE", "/v1/persons/\(person)", key: other).status == 404)

        // The same message ids, user ids and company ids are others' there.
        let theirs = [
            TestCall.identify("a", user: "u", anonymous: "x", at: 9, #"{"company":{"id":1,"plan":"free"}}"#),
            .track("b", anonymous: "x", at: 9),
        ]
        for call in theirs {
            let answer = await fixture.send("POST", call.path, call.json, key: other)
            #expect(answer.root?["code"]?.string == "accepted")
        }
        #expect(await fixture.snapshot(key: fixture.key) == before)
        let theirPerson = try await fixture.send("GET", "/v1/persons", key: other).item()
        #expect(theirPerson["id"]?.string != person)
    }

    @Test func cursorsOfOneAccountAreNoneOfAnother() async throws {
        let fixture = try Fixture()
        let other = try fixture.makeKey(account: "other")
        try await fixture.take(.track("a", user: "u"), .track("b", user: "v"))
        let cursor = await fixture.get("/v1/persons?limit=1").nextCursor ?? ""
        #expect(await fixture.get("/v1/persons?limit=1&cursor=\(cursor)").status == 200)
        #expect(await fixture.send("GET", "/v1/persons?limit=1&cursor=\(cursor)", key: other).status == 400)
    }

    @Test func twoKeysOfOneAccountSeeTheSame() async throws {
        let fixture = try Fixture()
        let second = try fixture.makeKey(account: "default")
        try await fixture.take(.track("a", user: "u"))
        #expect(await fixture.send("GET", "/v1/persons", key: second).items.count == 1)
    }
}
