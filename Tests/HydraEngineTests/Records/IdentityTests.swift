import JSON
import Testing

@Suite struct IdentityTests {
    @Test func anIdentifyWithBothJoinsTheAnonymousPast() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .track("a", anonymous: "x", at: 1),
            .identify("b", anonymous: "x", at: 2, #"{"plan":"trial"}"#)
        )
        let before = try await fixture.get("/v1/persons").item()
        try await fixture.take(.identify("c", user: "u", at: 3, #"{"title":"CTO"}"#))
        #expect(await fixture.get("/v1/persons").items.count == 2)

        try await fixture.take(.identify("d", user: "u", anonymous: "x", at: 4))
        let person = try await fixture.get("/v1/persons").item()
        #expect(person["userId"]?.string == "u")
        #expect(person["anonymousIds"]?.rawString == #"["x"]"#)
        #expect(person["traits"]?.rawString == #"{"plan":"trial","title":"CTO"}"#)
        #expect(person["firstSeenAt"]?.string == "2026-01-02T03:04:01.000Z")
        let id = person["id"]?.string ?? ""
        #expect(await fixture.get("/v1/persons/\(id)/events").items.count == 1)
        // The id of the person that is no more answers with the one it became.
        let old = await fixture.get("/v1/persons/\(before["id"]?.string ?? "")")
        #expect(old.root?["id"]?.string == id)
        #expect(try await fixture.get("/v1/persons?anonymousId=x").item()["id"]?.string == id)
    }

    @Test func aTrackWithBothJoinsToo() async throws {
        let fixture = try Fixture()
        try await fixture.take(.track("a", anonymous: "x", at: 1), .track("b", user: "u", anonymous: "x", at: 2))
        let person = try await fixture.get("/v1/persons?userId=u").item()
        let events = await fixture.get("/v1/persons/\(person["id"]?.string ?? "")/events").items
        #expect(events.compactMap { $0["messageId"]?.string } == ["b", "a"])
    }

    @Test func theIDOfAUserIsTheSameWhateverCameFirst() async throws {
        let fixture = try Fixture()
        try await fixture.take(.track("a", anonymous: "x", at: 1), .identify("b", user: "u", anonymous: "x", at: 2))
        let grown = try await fixture.get("/v1/persons?userId=u").item()["id"]?.string
        await fixture.send("DELETE", "/v1/persons/\(grown ?? "")")
        try await fixture.take(.identify("c", user: "u", at: 3))
        #expect(try await fixture.get("/v1/persons?userId=u").item()["id"]?.string == grown)
    }

    @Test func twoUsersOnOneDeviceStayTwo() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", anonymous: "x", at: 1),
            .identify("b", user: "v", anonymous: "x", at: 2),
            .track("c", user: "v", anonymous: "x", at: 3),
            .track("d", anonymous: "x", at: 4)
        )
        let first = try await fixture.get("/v1/persons?userId=u").item()
        let second = try await fixture.get("/v1/persons?userId=v").item()
        #expect(first["anonymousIds"]?.rawString == #"["x"]"#)
        #expect(second["anonymousIds"]?.rawString == "[]")
        let events = { (person: String?) in
            await fixture.get("/v1/persons/\(person ?? "")/events").items.compactMap { $0["messageId"]?.string }
        }
        #expect(await events(first["id"]?.string) == ["d"])
        #expect(await events(second["id"]?.string) == ["c"])
    }

    @Test func aLateEarlierLinkMovesTheDeviceToItsRightfulOwner() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .track("a", anonymous: "x", at: 9),
            .identify("b", user: "u", anonymous: "x", at: 5),
            .identify("c", user: "v", anonymous: "x", at: 4)
        )
        let owner = try await fixture.get("/v1/persons?anonymousId=x").item()
        #expect(owner["userId"]?.string == "v")
        #expect(owner["lastSeenAt"]?.string == "2026-01-02T03:04:09.000Z")
        let former = try await fixture.get("/v1/persons?userId=u").item()
        #expect(former["lastSeenAt"]?.string == "2026-01-02T03:04:05.000Z")
    }

    @Test(arguments: ["a\\u0000b", "😀", "e\\u0301", "q\\\"", "' OR 1=1 --", "100%"])
    func keepsOddIDsAsTheyAre(id: String) async throws {
        let fixture = try Fixture()
        try await fixture.take(.track("m", user: id, anonymous: "anon-\(id)"))
        let person = try await fixture.get("/v1/persons").item()
        let sent = try #require(try Fixture.decoded(id))
        #expect(person["userId"]?.string.map { Array($0.utf8) } == Array(sent.utf8))
        #expect(person["anonymousIds"]?.elements.first?.string.map { Array($0.utf8) } == Array("anon-\(sent)".utf8))
    }
}
