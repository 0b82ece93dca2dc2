import HydraEngine
import JSON
import Testing

@Suite struct IdempotencyTests {
    @Test func aRepeatAnswersDuplicateAndChangesNothing() async throws {
        let fixture = try Fixture()
        let first = TestCall.identify("m", user: "u", at: 1, #"{"a":1}"#)
        try await fixture.take(first)
        let before = await fixture.snapshot(key: fixture.key)
        let other = TestCall.identify("m", user: "v", at: 9, #"{"a":2}"#)
        let answer = await fixture.send("POST", "/v1/identify", other.json)
        #expect(answer.text == #"{"messageId":"m","status":200,"code":"duplicate"}"#)
        #expect(await fixture.snapshot(key: fixture.key) == before)
    }

    @Test func isRememberedWhenTheDirectoryIsOpenedAgain() async throws {
        let first = try Fixture()
        try await first.take(.track("m", user: "u"))
        first.engine.close()
        let second = try Fixture(reopening: first.directory)
        let answer = await second.send("POST", "/v1/track", TestCall.track("m", user: "u").json)
        #expect(answer.root?["code"]?.string == "duplicate")
        #expect(await second.get("/v1/persons").items.count == 1)
    }

    @Test func holdsInsideOneBatch() async throws {
        let fixture = try Fixture()
        let call = TestCall.track("m", user: "u").json
        let answer = await fixture.send("POST", "/v1/batch", #"{"batch":[\#(call),\#(call)]}"#)
        let codes = answer.root?["results"]?.elements.compactMap { $0["code"]?.string }
        #expect(codes == ["accepted", "duplicate"])
    }

    @Test func theHeaderStandsInForTheBodysMessageID() async throws {
        let fixture = try Fixture()
        let body = #"{"userId":"u","event":"e"}"#
        for code in ["accepted", "duplicate"] {
            let answer = await fixture.send("POST", "/v1/track", body, key: fixture.key, idempotencyKey: "gr%C3%BCn%25")
            #expect(answer.root?["messageId"]?.string == "grün%")
            #expect(answer.root?["code"]?.string == code)
        }
        let answer = await fixture.send(
            "POST",
            "/v1/track",
            TestCall.track("other", user: "u").json,
            key: fixture.key,
            idempotencyKey: "gr%C3%BCn%25"
        )
        #expect(answer.root?["messageId"]?.string == "other")
        #expect(answer.root?["code"]?.string == "accepted")
    }
}
