import JSON
import Testing

@Suite struct TraitTests {
    private func traits(_ calls: TestCall...) async throws -> String? {
        let fixture = try Fixture()
        try await fixture.take(calls)
        return try await fixture.get("/v1/persons").item()["traits"]?.rawString
    }

    @Test func theNewerTimestampWinsForEachTrait() async throws {
        let traits = try await self.traits(
            .identify("a", user: "u", at: 5, #"{"a":"new"}"#),
            .identify("b", user: "u", at: 1, #"{"a":"old","b":"old"}"#)
        )
        #expect(traits == #"{"a":"new","b":"old"}"#)
    }

    @Test func bothSpellingsAreOneAndTheWinnersIsShown() async throws {
        let traits = try await self.traits(
            .identify("a", user: "u", at: 1, #"{"firstName":"A"}"#),
            .identify("b", user: "u", at: 2, #"{"first_name":"B"}"#)
        )
        #expect(traits == #"{"first_name":"B"}"#)
    }

    @Test func theLastOfTwoSpellingsInOneCallCounts() async throws {
        #expect(try await self.traits(.identify("a", user: "u", #"{"a_b":1,"aB":2}"#)) == #"{"aB":2}"#)
    }

    @Test func anExplicitNullRemovesAndGoesOnBeatingOlderValues() async throws {
        let traits = try await self.traits(
            .identify("a", user: "u", at: 1, #"{"a":1,"b":1}"#),
            .identify("b", user: "u", at: 3, #"{"a":null}"#),
            .identify("c", user: "u", at: 2, #"{"a":2,"b":2}"#)
        )
        #expect(traits == #"{"b":2}"#)
    }

    @Test func aValueAfterTheNullIsBack() async throws {
        let traits = try await self.traits(
            .identify("a", user: "u", at: 1, #"{"a":null}"#),
            .identify("b", user: "u", at: 2, #"{"a":1}"#)
        )
        #expect(traits == #"{"a":1}"#)
    }

    @Test func valuesKeepTheirSpelling() async throws {
        let json = #"{"a":1.0,"b":12345678901234567890,"c":1e400,"d":-0,"e":{"x" : [1,2]},"f":"\u00e9","g":[]}"#
        #expect(try await self.traits(.identify("a", user: "u", json)) == json)
    }

    @Test func ofEqualTimesTheOneThatCameLaterWins() async throws {
        let traits = try await self.traits(
            .identify("b", user: "u", #"{"a":"b"}"#),
            .identify("a", user: "u", #"{"a":"a"}"#)
        )
        #expect(traits == #"{"a":"a"}"#)
    }

    @Test func theSummaryFollowsTheTraits() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", at: 1, #"{"Name":"Ann","first_name":"B","email":"A@x.example"}"#)
        )
        var person = try await fixture.get("/v1/persons?email=a@X.EXAMPLE").item()
        #expect(person["name"]?.string == "Ann")
        #expect(person["email"]?.string == "A@x.example")
        try await fixture.take(.identify("b", user: "u", at: 2, #"{"name":null,"lastName":"C","email":17}"#))
        person = try await fixture.get("/v1/persons?q=b%20c").item()
        #expect(person["name"]?.string == "B C")
        #expect(person["email"]?.isNull == true)
        #expect(await fixture.get("/v1/persons?email=a@x.example").items.isEmpty)
    }

    @Test func aTraitThatIsSaidAgainWinsOverAnotherIdentitysAgain() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", at: 1, #"{"email":"u@one.example"}"#),
            .identify("b", anonymous: "x", at: 5, #"{"email":"x@two.example"}"#),
            .identify("c", user: "u", anonymous: "x", at: 6)
        )
        #expect(try await fixture.get("/v1/persons?email=x@two.example").item()["userId"]?.string == "u")
        try await fixture.take(.identify("d", user: "u", at: 9, #"{"email":"u@one.example"}"#))
        let person = try await fixture.get("/v1/persons?email=u@one.example").item()
        #expect(person["email"]?.string == "u@one.example")
        #expect(person["company"]?["domain"]?.string == "one.example")
        #expect(await fixture.get("/v1/persons?email=x@two.example").items.isEmpty)
    }

    @Test func traitsOfATracksContextDoNotTouchThePerson() async throws {
        let fixture = try Fixture()
        let body = #"{"messageId":"m","userId":"u","event":"e","context":{"traits":{"email":"a@x.example"}}}"#
        #expect(await fixture.send("POST", "/v1/track", body).status == 200)
        #expect(try await fixture.get("/v1/persons").item()["traits"]?.rawString == "{}")
    }
}
