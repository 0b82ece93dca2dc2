import HydraEngine
import HydraLimits
import JSON
import Testing

/// What is answered to calls and requests that are wrong.
@Suite struct CallErrorTests {
    @Test(arguments: [
        ("/v1/track", "", 400, "not_json"),
        ("/v1/track", "{", 400, "not_json"),
        ("/v1/track", "{\"a\":\"\u{1}\"}", 400, "not_json"),
        ("/v1/track", "[]", 422, "not_an_object"),
        ("/v1/track", "null", 422, "not_an_object"),
        ("/v1/track", #"{"userId":"u","event":"e"}"#, 422, "message_id_missing"),
        ("/v1/track", #"{"messageId":"","userId":"u","event":"e"}"#, 422, "message_id_invalid"),
        ("/v1/track", #"{"messageId":7,"userId":"u","event":"e"}"#, 422, "message_id_invalid"),
        ("/v1/track", #"{"messageId":"m","event":"e"}"#, 422, "no_user_anon_id"),
        ("/v1/track", #"{"messageId":"m","userId":"","anonymousId":null,"event":"e"}"#, 422, "no_user_anon_id"),
        ("/v1/track", #"{"messageId":"m","userId":7,"event":"e"}"#, 422, "identity_invalid"),
        ("/v1/track", #"{"messageId":"m","userId":"u"}"#, 422, "event_missing"),
        ("/v1/track", #"{"messageId":"m","userId":"u","event":""}"#, 422, "event_missing"),
        ("/v1/track", #"{"messageId":"m","userId":"u","event":{}}"#, 422, "event_missing"),
        ("/v1/track", #"{"messageId":"m","userId":"u","event":"e","type":"identify"}"#, 422, "type_invalid"),
        ("/v1/identify", #"{"messageId":"m","userId":"u","type":"page"}"#, 422, "type_invalid"),
        ("/v1/track", #"{"messageId":"m","userId":"u","event":"e","properties":[]}"#, 422, "member_invalid"),
        ("/v1/track", #"{"messageId":"m","userId":"u","event":"e","eventFlag":"good"}"#, 422, "member_invalid"),
        ("/v1/track", #"{"messageId":"m","userId":"u","event":"e","context":null}"#, 422, "member_invalid"),
        ("/v1/track", #"{"messageId":"m","userId":"u","event":"e","source":1}"#, 422, "member_invalid"),
        ("/v1/identify", #"{"messageId":"m","userId":"u","traits":"x"}"#, 422, "member_invalid"),
        ("/v1/identify", #"{"messageId":"m","userId":"u","timestamp":1767323045}"#, 422, "time_invalid"),
        ("/v1/identify", #"{"messageId":"m","userId":"u","receivedAt":"yesterday"}"#, 422, "time_invalid"),
        ("/v1/batch", "{}", 422, "batch_invalid"),
        ("/v1/batch", "[]", 422, "batch_invalid"),
        ("/v1/batch", #"{"batch":[]}"#, 422, "batch_invalid"),
        ("/v1/batch", #"{"batch":{}}"#, 422, "batch_invalid"),
    ])
    func isAnsweredWithTheRightStatus(path: String, body: String, status: Int, code: String) async throws {
        let fixture = try Fixture()
        let answer = await fixture.send("POST", path, body)
        #expect(answer.status == status)
        #expect(answer.code == code)
        #expect(answer.root?["message"]?.string?.isEmpty == false)
        #expect(answer.headers["Content-Type"] == "application/json")
        #expect(await fixture.get("/v1/persons").items.isEmpty)
    }

    @Test func limitsAreExact() async throws {
        let fixture = try Fixture()
        func track(_ member: String, _ value: String) -> String {
            var members = ["messageId": "m\(value.utf8.count)", "userId": "u", "event": "e"]
            members[member] = value
            return "{" + members.map { #""\#($0)":"\#($1)""# }.joined(separator: ",") + "}"
        }
        let longest = String(repeating: "é", count: CallLimits.identifierCharacters)
        for member in ["messageId", "userId", "anonymousId"] {
            #expect(await fixture.send("POST", "/v1/track", track(member, longest)).status == 200)
            #expect(await fixture.send("POST", "/v1/track", track(member, longest + "x")).status == 422)
        }
        let room = CallLimits.callBytes - TestCall.track("big", user: "u", #"{"a":""}"#).json.utf8.count
        for (extra, status) in [(0, 200), (1, 413)] {
            let text = String(repeating: "a", count: room + extra)
            let answer = await fixture.send(
                "POST",
                "/v1/track",
                TestCall.track("big", user: "u", #"{"a":"\#(text)"}"#).json
            )
            #expect(answer.status == status)
        }
        for (depth, status) in [(CallLimits.depth - 2, 200), (CallLimits.depth - 1, 422)] {
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let call = TestCall.track("deep\(depth)", user: "u", #"{"a":\#(nested)}"#)
            #expect(await fixture.send("POST", "/v1/track", call.json).status == status)
        }
    }

    @Test func aBatchHasAtMost500Calls() async throws {
        let fixture = try Fixture()
        for (count, status) in [(500, 200), (501, 422)] {
            let calls = (0..<count).map { TestCall.track("\(count)-\($0)", user: "u").json }
            let answer = await fixture.send("POST", "/v1/batch", #"{"batch":[\#(calls.joined(separator: ","))]}"#)
            #expect(answer.status == status)
        }
    }

    @Test func aBadCallDoesNotHarmTheOthersOfItsBatch() async throws {
        let fixture = try Fixture()
        let calls = [
            TestCall.track("1", user: "u").json, #"{"type":"track","messageId":"2","userId":"u"}"#, "7",
            #"{"type":"page","messageId":"3","userId":"u"}"#, #"{"type":"track","userId":"u","event":"e"}"#,
            TestCall.identify("4", user: "u").json,
        ]
        let answer = await fixture.send("POST", "/v1/batch", #"{"batch":[\#(calls.joined(separator: ","))]}"#)
        #expect(answer.status == 200)
        let results = answer.root?["results"]?.elements.map { result in
            "\(result["messageId"]?.rawString ?? "") \(result["status"]?.rawString ?? "") \(result["code"]?.string ?? "")"
        }
        #expect(
            results == [
                #""1" 200 accepted"#, #""2" 422 event_missing"#, "null 422 not_an_object", #""3" 422 type_invalid"#,
                "null 422 message_id_missing", #""4" 200 accepted"#,
            ]
        )
        // Nothing that was answered is kept from the log, and in order.
        let told = await fixture.observer.calls(count: 6)
        #expect(told.map(\.status) == [200, 422, 422, 422, 422, 200])
        #expect(told.allSatisfy { $0.isBatched && $0.requestID == "trace-1" })
        #expect(fixture.observer.requests.map(\.route) == ["batch"])
    }

    @Test(.timeLimit(.minutes(1)))
    func theLogIsToldOfACallWithoutWhatItSays() async throws {
        let fixture = try Fixture()
        await fixture.send(
            "POST",
            "/v1/identify",
            #"{"messageId":"m","userId":"u","source":"demo","traits":{"email":"a@b.example"}}"#
        )
        let call = try #require(await fixture.observer.calls(count: 1).first)
        #expect(call.messageId == "m" && call.type == "identify" && call.source == "demo" && call.code == "accepted")
        #expect(!String(describing: call).contains("b.example"))
        #expect(fixture.observer.requests.isEmpty)
    }
}
