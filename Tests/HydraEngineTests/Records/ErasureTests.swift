import JSON
import Testing

@Suite struct ErasureTests {
    @Test func everythingOfThePersonIsGone() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", anonymous: "x", at: 1, #"{"company":{"id":1,"plan":"gold","size":7}}"#),
            .track("b", anonymous: "x", at: 2),
            .identify("c", user: "v", at: 0, #"{"company":{"id":1,"plan":"free"},"email":"v@one.example"}"#),
            .identify("d", user: "u", at: 3, #"{"company":"Gone"}"#)
        )
        let id = try await fixture.get("/v1/persons?userId=u").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/persons/\(id)").status == 204)

        #expect(await fixture.get("/v1/persons/\(id)").status == 404)
        #expect(await fixture.get("/v1/persons/\(id)/events").status == 404)
        #expect(await fixture.get("/v1/persons?anonymousId=x").items.isEmpty)
        #expect(await fixture.send("DELETE", "/v1/persons/\(id)").status == 404)
        // The company that only this person named is gone; the other one says what the others said.
        let company = try await fixture.get("/v1/companies").item()
        #expect(company["traits"]?.rawString == #"{"id":1,"plan":"free"}"#)
        #expect(company["personCount"]?.int64 == 1)
        // Its messages are no longer known.
        try await fixture.take(.track("b", anonymous: "x", at: 2))
        #expect(await fixture.get("/v1/persons?anonymousId=x").items.count == 1)
    }

    @Test func anAnonymousPersonCanBeErased() async throws {
        let fixture = try Fixture()
        try await fixture.take(.track("a", anonymous: "x"), .track("b", anonymous: "y"))
        let id = try await fixture.get("/v1/persons?anonymousId=x").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/persons/\(id)").status == 204)
        #expect(await fixture.get("/v1/persons").items.count == 1)
    }
}
