import JSON
import Testing

/// The two calls that must work to the letter.
@Suite struct ContractExampleTests {
    @Test func identifyAndTrackShowAsPersonCompanyAndEvent() async throws {
        let fixture = try Fixture()
        let identify = await fixture.send(
            "POST",
            "/v1/identify",
            """
            {"messageId":"m-1","userId":"userId123","timestamp":"2026-01-02T03:04:05.678Z","source":"demo",
             "traits":{"email":"john.doe@example.com","firstName":"John","lastName":"Doe","title":"VP of Happiness"}}
            """
        )
        #expect(identify.text == #"{"messageId":"m-1","status":200,"code":"accepted"}"#)
        let track = await fixture.send(
            "POST",
            "/v1/track",
            """
            {"messageId":"m-2","userId":"userId123","event":"Device deploy started",
             "timestamp":"2026-01-02T03:04:10.123Z","receivedAt":"2026-01-02T03:04:10.301Z",
             "properties":{"feature":"Device management","eventFlag":"Positive","big":12345678901234567890,"one":1.0}}
            """
        )
        #expect(track.status == 200)

        let person = try await fixture.get("/v1/persons?userId=userId123").item()
        #expect(person["email"]?.string == "john.doe@example.com")
        #expect(person["name"]?.string == "John Doe")
        #expect(person["title"]?.string == "VP of Happiness")
        #expect(person["company"]?["domain"]?.string == "example.com")
        #expect(person["company"]?["name"]?.isNull == true)
        #expect(person["firstSeenAt"]?.string == "2026-01-02T03:04:05.678Z")
        #expect(person["lastSeenAt"]?.string == "2026-01-02T03:04:10.123Z")

        let id = try #require(person["id"]?.string)
        let event = try await fixture.get("/v1/persons/\(id)/events").item()
        #expect(
            event.rawString == """
                {"messageId":"m-2","event":"Device deploy started","feature":"Device management","eventFlag":"positive",\
                "timestamp":"2026-01-02T03:04:10.123Z","receivedAt":"2026-01-02T03:04:10.301Z",\
                "properties":{"feature":"Device management","eventFlag":"Positive","big":12345678901234567890,"one":1.0}}
                """
        )
        let company = try await fixture.get("/v1/companies?domain=Example.com").item()
        #expect(company["personCount"]?.int64 == 1)
        #expect(company["id"]?.string == person["company"]?["id"]?.string)
    }

    @Test(arguments: [
        (#""eventFlag":"NEGATIVE""#, "negative"), (#""eventFlag":"good""#, "neutral"), (#""eventFlag":7"#, "neutral"),
        (#""x":1"#, "neutral"),
    ])
    func readsTheEventFlagOfTheProperties(property: String, flag: String) async throws {
        let fixture = try Fixture()
        try await fixture.take(.track("m", user: "u", "{\(property)}"))
        let person = try await fixture.get("/v1/persons").item()
        let event = try await fixture.get("/v1/persons/\(person["id"]?.string ?? "")/events").item()
        #expect(event["eventFlag"]?.string == flag)
    }

    @Test(arguments: [
        (#""feature":"F""#, #""F""#), (#""feature":12.50"#, #""12.50""#), (#""feature":true"#, #""true""#),
        (#""feature":{"a":1}"#, "null"), (#""feature":null"#, "null"), (#""x":1"#, "null"),
    ])
    func readsTheFeature(property: String, feature: String) async throws {
        let fixture = try Fixture()
        try await fixture.take(.track("m", user: "u", "{\(property)}"))
        let person = try await fixture.get("/v1/persons").item()
        let event = try await fixture.get("/v1/persons/\(person["id"]?.string ?? "")/events").item()
        #expect(event["feature"]?.rawString == feature)
    }
}
