import FastCGI
import JSON
import Segment
import Spool
import TestSupport
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(2))) struct EdgeTests {
    @Test func anAcceptedEventIsOnDiskUnderItsTraceId() async throws {
        let fixture = try EdgeFixture([try make(source: "web")])
        let answer = try fixture.send(
            "POST",
            "/v1/track",
            headers: [("REQUEST_ID", "0123456789abcdef0123456789abcdef")],
            body: #"{"userId":"u","event":"E","messageId":"m-1"}"#
        )
        #expect(answer.status == 200)
        #expect(answer.text == #"{"success":true}"#)
        let call = try #require(try await fixture.queued().first)
        #expect(call.messageId == "m-1")
        #expect(call.traceId == "0123456789abcdef0123456789abcdef")
        #expect(call.source == "web")
        let lines = fixture.lines { $0.contains { $0.contains("0123456789abcdef0123456789abcdef") } }
        #expect(lines.count == 1)
    }

    @Test func aRepeatIsAnswered200AndKeptOnce() async throws {
        let source = try make(source: "web")
        let fixture = try EdgeFixture([source])
        for _ in 0..<3 {
            let answer = try fixture.send(
                "POST",
                "/v1/track",
                body: #"{"userId":"u","event":"E","messageId":"same"}"#
            )
            #expect(answer.status == 200)
        }
        #expect(try await fixture.queued().count == 1)
        #expect(source.figures[.accepted] == 1)
        #expect(source.figures[.duplicate] == 2)
    }

    @Test func twoSourcesOfOneHydraKeyShareTheWindowAndTwoKeysDoNot() async throws {
        let fixture = try EdgeFixture([
            try make(source: "a", writeKey: "ka", apiKey: "one"), try make(source: "b", writeKey: "kb", apiKey: "one"),
            try make(source: "c", writeKey: "kc", apiKey: "two"),
        ])
        for key in ["ka", "kb", "kc"] {
            let answer = try fixture.send(
                "POST",
                "/v1/track",
                key: key,
                body: #"{"userId":"u","event":"E","messageId":"same"}"#
            )
            #expect(answer.status == 200)
        }
        #expect(try await fixture.queued().map(\.source) == ["a", "c"])
    }

    @Test(arguments: [
        ("POST", "/v1/track", "", 400, "empty_body"),
        ("POST", "/v1/track", "{", 400, "not_json"),
        ("POST", "/v1/batch", #"{"batch":null}"#, 400, "batch_missing"),
        ("POST", "/v1/nothing", "{}", 404, "not_found"),
        ("GET", "/v1/track", "", 405, "method_not_allowed"),
        ("DELETE", "/v1/batch", "", 405, "method_not_allowed"),
        ("POST", "/-/status", "", 405, "method_not_allowed"),
        ("GET", "/-/nothing", "", 404, "not_found"),
    ])
    func aRefusalSaysWhatIsWrong(method: String, path: String, body: String, status: Int, code: String) throws {
        let answer = try EdgeFixture([try make(source: "web")]).send(method, path, body: body)
        #expect(answer.status == status)
        let root = try JSONParser().parse(answer.body).root
        #expect(root["success"]?.bool == false)
        #expect(root["code"]?.string == code)
        #expect(root["message"]?.string?.isEmpty == false)
        #expect(root["error"]?.string?.isEmpty == false)
    }

    @Test(
        arguments: [
            (nil, "write_key_missing"), ("other", "write_key_unknown"), ("off-key", "source_disabled"),
        ] as [(String?, String)]
    )
    func aKeyThatMayNotSendIsTold(key: String?, code: String) throws {
        let fixture = try EdgeFixture([
            try make(source: "web"), try make(source: "off", writeKey: "off-key", isEnabled: false),
        ])
        let answer = try fixture.send("POST", "/v1/track", key: key, body: #"{"userId":"u","event":"E"}"#)
        #expect(answer.status == 400)
        #expect(try JSONParser().parse(answer.body).root["code"]?.string == code)
    }

    @Test func anOriginThatIsNotListedIsRefusedWithoutGrants() throws {
        let fixture = try EdgeFixture([try make(source: "web", origins: ["https://shop.example"])])
        func answer(_ origin: String) throws -> (Int?, String?) {
            let answer = try fixture.send(
                "POST",
                "/v1/t",
                headers: [("HTTP_ORIGIN", origin)],
                body: #"{"userId":"u","event":"E"}"#
            )
            return (answer.status, answer.header("Access-Control-Allow-Origin"))
        }
        #expect(try answer("https://shop.example") == (200, "https://shop.example"))
        #expect(try answer("https://evil.example") == (400, nil))
    }

    @Test func logsHoldNoKeyNoTraitNoAddressAndNoUnknownPath() throws {
        let fixture = try EdgeFixture([try make(source: "web", writeKey: "secret-write-key")])
        _ = try fixture.send(
            "POST",
            "/v1/identify",
            key: "secret-write-key",
            body: #"{"userId":"u","traits":{"email":"jane@roe.example","phone":"555-0199"}}"#
        )
        _ = try fixture.send("GET", "/v1/projects/secret-write-key/settings", key: nil)
        _ = try fixture.send("GET", "/v1/pixel/track?writeKey=secret-write-key&userId=u&event=Opened", key: nil)
        _ = try fixture.send("POST", "/v9/secret-write-key", key: "secret-write-key", body: "{}")
        _ = try fixture.send("POST", "/v1/track", key: "wrong-write-key", body: #"{"event":"jane@roe.example"}"#)
        let lines = fixture.lines { $0.count >= 5 }
        let text = lines.joined()
        for secret in ["secret-write-key", "wrong-write-key", "jane@roe", "555-0199", "198.51.100"] {
            #expect(!text.contains(secret), "\(secret) stands in the log")
        }
    }

    @Test func aFullSpoolIsAnswered429WithAWait() throws {
        let fixture = try EdgeFixture([try make(source: "web")], maximumBytes: 1)
        let answer = try fixture.send("POST", "/v1/track", body: #"{"userId":"u","event":"E"}"#)
        #expect(answer.status == 429)
        let wait = try #require(answer.header("Retry-After").flatMap { Int($0) })
        #expect((1...300).contains(wait))
        #expect(answer.header("X-RateLimit-Reset") == String(wait))
        #expect(try fixture.send("GET", "/-/ready", key: nil).status == 503)
        #expect(try fixture.send("GET", "/-/live", key: nil).status == 200)
    }

    @Test func whoTellsNoAddressIsNobody() throws {
        let fixture = try EdgeFixture([try make(source: "web")])
        for (address, status) in [("127.0.0.1", 200), ("", 404), ("203.0.113.9", 404), ("unix:", 404)] {
            let answer = try fixture.send("GET", "/-/status?json", key: nil, headers: [("REMOTE_ADDR", address)])
            #expect(answer.status == status, "\(address)")
        }
        let settings = EdgeSettings(sources: SourceRegistry([]), limits: SegmentLimits(), publicHost: nil)
        #expect(!settings.mayAdminister(nil) && settings.mayAdminister("::1"))
    }

    @Test func readinessLooksAtTheDiskItself() throws {
        // Nobody has sent anything, so nobody has met the disk.
        let fixture = try EdgeFixture([try make(source: "web")], minimumFreeBytes: .max / 2)
        #expect(fixture.spool.look()?.code == .diskLow)
        #expect(try fixture.send("GET", "/-/ready", key: nil).status == 503)
        let metrics = try fixture.send("GET", "/-/metrics", key: nil).text
        #expect(metrics.contains("\nhydra_gateway_spool_refusing 1\n"))
    }

    @Test func theSpoolsFiguresStandOnceInTheMetrics() throws {
        let fixture = try EdgeFixture([try make(source: "web")])
        let body = #"{"userId":"u","event":"E"}"#
        for _ in 0..<6 { #expect(try fixture.send("POST", "/v1/track", body: body).status == 200) }
        let lines = try fixture.send("GET", "/-/metrics", key: nil).text.split(separator: "\n")
        #expect(
            lines.filter { $0.hasPrefix("hydra_gateway_spool_depth{") } == [
                #"hydra_gateway_spool_depth{source="web"} 6"#
            ]
        )
        #expect(lines.contains("hydra_gateway_spool_readable 1"))
    }

    @Test func theJournalIsBoundedInBytes() throws {
        let fixture = try EdgeFixture([try make(source: "web")])
        let long = String(repeating: "m", count: 30_000)
        let body = #"{"userId":"u","messageId":"\#(long)"}"#
        #expect(try fixture.send("POST", "/v1/page", body: body).status == 200)
        #expect(try fixture.send("POST", "/v1/track", body: body).status == 400)
        let ids = fixture.journal.newest(10).map(\.messageId)
        #expect(ids.count == 2 && ids.allSatisfy { $0.utf8.count <= 1_024 })
    }

    @Test func newSettingsCountForTheNextRequest() throws {
        let fixture = try EdgeFixture([try make(source: "web")])
        let body = #"{"userId":"u","event":"E"}"#
        #expect(try fixture.send("POST", "/v1/track", key: "new", body: body).status == 400)
        let registry = SourceRegistry([try make(source: "web"), try make(source: "n", writeKey: "new")])
        fixture.edge.apply(EdgeSettings(sources: registry, limits: SegmentLimits(), publicHost: nil))
        #expect(try fixture.send("POST", "/v1/track", key: "new", body: body).status == 200)
    }

    @Test func theSettingsDocumentNamesTheHostThatWasAsked() throws {
        let fixture = try EdgeFixture([try make(source: "web")])
        let answer = try fixture.send("GET", "/v1/projects/write-key/settings", key: nil)
        let settings = try JSONParser().parse(answer.body).root["integrations"]?["Segment.io"]
        #expect(settings?["apiHost"]?.string == "events.example/v1")
        #expect(try fixture.send("GET", "/v1/projects/unknown/settings", key: nil).status == 404)
    }

    @Test func aPartnerNeedsTheHydraKeyAndAWebhookASecret() throws {
        let fixture = try EdgeFixture([try make(source: "web")])
        let body = #"{"type":"track","userId":"u","event":"E"}"#
        #expect(try fixture.send("POST", "/v1/partner/web", key: "api-key", body: body).status == 200)
        #expect(try fixture.send("POST", "/v1/partner/web", key: "write-key", body: body).status == 401)
        #expect(try fixture.send("POST", "/v1/partner/nobody", key: "api-key", body: body).status == 401)
        #expect(try fixture.send("POST", "/v1/webhook/web", key: nil, body: body).status == 401)
    }
}
