import Hydra
import JSON
import Segment
import Spool
import TestSupport
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(2))) struct LiveRoutesTests {
    private let fixture: EdgeFixture

    init() throws {
        self.fixture = try EdgeFixture([
            try make(source: "web", eventFilter: EventNameFilter(deny: ["Secret"])),
            try make(source: "app", writeKey: "app-key", apiKey: "app-api-key"),
        ])
    }

    /// Sends to the edge, and has one call of each id be given up.
    private func kill(_ ids: [String], code: String) async throws {
        for id in ids {
            let answer = try self.fixture.send(
                "POST",
                "/v1/track",
                body: #"{"userId":"person@example.com","event":"E","messageId":"\#(id)"}"#
            )
            #expect(answer.status == 200)
        }
        let session = try await self.fixture.spool.acquireDelivery()
        let calls = try await session.fresh(after: 0, limit: 10_000, maximumBytes: 64 << 20)
        let now = WallClock.milliseconds()
        try await session.settle(
            calls.filter { ids.contains($0.messageId) }.map { call in
                let reason = DeadReason(
                    code: code,
                    status: 400,
                    message: "The destination refused it for good.",
                    answer: "person@example.com is wrong",
                    attempts: 1,
                    at: now
                )
                return .dead(id: call.id, reason)
            }
        )
        await session.release()
    }

    /// The page, and what a browser takes from it for its form.
    private func form() throws -> (cookie: String, token: String, page: String) {
        let answer = try self.fixture.send("GET", "/-/live-events")
        #expect(answer.status == 200)
        let cookie = try #require(answer.header("set-cookie")?.split(separator: ";").first)
        let page = answer.text
        let mark = "name=\"token\" value=\""
        let start = try #require(page.firstRange(of: mark)?.upperBound)
        let token = page[start...].prefix { $0 != "\"" }
        return (String(cookie), String(token), page)
    }

    private func press(_ what: String, _ cookie: String, _ token: String) throws -> FastCGIAnswer {
        try self.fixture.send(
            "POST",
            "/-/live-events/replay",
            headers: [
                ("CONTENT_TYPE", "application/x-www-form-urlencoded"), ("HTTP_COOKIE", cookie),
                ("SERVER_NAME", "events.example"),
            ],
            body: "token=\(token)&what=\(what)"
        )
    }

    private func live(_ query: String = "") throws -> JSONValue {
        let answer = try self.fixture.send("GET", "/-/live-events.json?\(query)")
        #expect(answer.status == 200)
        return try JSONParser().parse(answer.body).root
    }

    @Test func everyStageOfTheEdgeIsShown() throws {
        for (path, body) in [
            ("/v1/track", #"{"userId":"person@example.com","event":"E","messageId":"good"}"#),
            ("/v1/track", #"{"userId":"u","event":"E","messageId":"good"}"#),
            ("/v1/track", #"{"userId":"u","messageId":"bad"}"#),
            ("/v1/track", #"{"userId":"u","event":"Secret","messageId":"listed"}"#),
            ("/v1/track", #"{"userId":"u","event":"E","messageId":"off","integrations":{"All":false}}"#),
            ("/v1/page", #"{"userId":"u","messageId":"page"}"#),
        ] {
            let status = try self.fixture.send("POST", path, body: body).status
            #expect(status == (body.contains("bad") ? 400 : 200), "\(body)")
        }
        #expect(
            try self.fixture.send("POST", "/v1/track", key: "wrong", body: #"{"userId":"u","event":"E"}"#).status == 400
        )
        let root = try self.live()
        let events = root["events"]?.elements.map { $0 } ?? []
        let found = events.map {
            "\($0["messageId"]?.string ?? "-") \($0["stage"]?.string ?? "") \($0["reason"]?.string ?? "")"
        }
        #expect(
            found.sorted() == [
                "- refused write_key_unknown", "bad rejected event_not_defined", "good duplicate ", "good queued ",
                "listed filtered event_list", "off filtered integrations", "page unsupported ",
            ]
        )
        let stages = try #require(root["stages"])
        for (name, count) in [("received", 6), ("queued", 1), ("duplicate", 1), ("rejected", 1), ("filtered", 2)] {
            #expect(stages[key: name]?["lastHour"]?.int64 == Int64(count), "\(name)")
        }
        #expect(root["queue"]?["depth"]?.int64 == 1)
        let page = try self.text()
        for text in ["write_key_unknown", "event_not_defined", "event_list", "integrations"] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(!page.contains("person@example.com"))
    }

    private func text() throws -> String { try self.fixture.send("GET", "/-/live-events").text }

    @Test func thePageSaysWhatItMayDoAndIsNotKept() throws {
        let answer = try self.fixture.send("GET", "/-/live-events")
        #expect(answer.header("content-security-policy") == LiveRoutes.contentSecurityPolicy)
        #expect(!LiveRoutes.contentSecurityPolicy.contains("unsafe"))
        #expect(answer.header("cache-control") == "no-store")
        #expect(answer.header("set-cookie")?.contains("SameSite=Strict") == true)
        for asset in [PageAsset.styles, PageAsset.script] {
            let file = try self.fixture.send("GET", asset.path)
            #expect(file.status == 200)
            #expect(file.body == asset.bytes)
            #expect(file.header("cache-control")?.contains("immutable") == true)
            #expect(answer.text.contains("\"\(asset.path)\""))
        }
        let other = try self.fixture.send("GET", "/-/assets/live-0000000000000000.css")
        #expect(other.status == 200)
        #expect(other.header("cache-control") == "no-store")
        #expect(try self.fixture.send("GET", "/-/assets/live.html").status == 404)
        #expect(try self.fixture.send("GET", "/-/live-events/replay").status == 405)
        #expect(try self.fixture.send("DELETE", "/-/live-events").status == 405)
    }

    @Test func aDeadLetterIsReplayedByItsButton() async throws {
        try await self.kill(["one", "two", "three"], code: "invalid_call")
        let (cookie, token, page) = try self.form()
        let letters = try self.fixture.spool.deadLetters(source: nil, after: 0, limit: 10)
        let first = try #require(letters.first)
        #expect(page.contains("value=\"id:\(first.id)\""))
        #expect(page.contains("[hidden] is wrong"))
        #expect(!page.contains("person@example.com"))
        let answer = try self.press("id:\(first.id)", cookie, token)
        #expect(answer.status == 303)
        #expect(answer.header("location") == "/-/live-events?replayed=1#dead-title")
        #expect(try self.fixture.spool.statistics().dead == 2)
        #expect(try await self.fixture.queued().map(\.messageId) == [first.call.messageId])
        let after = try self.fixture.send("GET", "/-/live-events?replayed=1&dead=\(first.id)").text
        #expect(after.contains("1 call was put back into the queue."))
        #expect(after.contains("The dead letter \(first.id) is not there any more"))
        let lines = self.fixture.lines { $0.contains { $0.contains("labels.replayed") } }
        #expect(lines.contains { $0.contains("\"labels.replayed\":1") })
    }

    @Test func allOfAReasonAndAllAreReplayed() async throws {
        try await self.kill(["a1", "a2"], code: "a code/&x")
        try await self.kill((0..<600).map { "b\($0)" }, code: "b")
        let (cookie, token, _) = try self.form()
        let root = try self.live()
        let reasons = root["deadLetters"]?["reasons"]?.elements.map { $0["code"]?.string } ?? []
        #expect(reasons == ["b", "a code/&x"])
        #expect(
            try self.press("code:a%20code%2F%26x", cookie, token).header("location")?.contains("replayed=2#") == true
        )
        #expect(try self.fixture.spool.statistics().dead == 600)
        #expect(try self.press("all", cookie, token).header("location")?.contains("replayed=600#") == true)
        #expect(try self.fixture.spool.statistics().dead == 0)
        #expect(try self.press("all", cookie, token).header("location")?.contains("replayed=0#") == true)
    }

    @Test func aLongReplayStopsInTimeAndSaysThatThereIsMore() async throws {
        try await self.kill((0..<501).map { "m\($0)" }, code: "c")
        var now: UInt64 = 0
        let result = try DeadReplay.all.run(on: self.fixture.spool) {
            defer { now += DeadReplay.longest / 2 }
            return now
        }
        #expect(result == DeadReplay.Result(count: 500, isPartial: true))
    }

    @Test func aFormFromElsewhereChangesNothing() async throws {
        try await self.kill(["one"], code: "c")
        let (cookie, token, _) = try self.form()
        let tries: [FastCGIAnswer] = [
            try self.press("all", "", token), try self.press("all", cookie, ""),
            try self.press("nonsense", cookie, token),
            try self.fixture.send(
                "POST",
                "/-/live-events/replay",
                headers: [("CONTENT_TYPE", "text/plain"), ("HTTP_COOKIE", cookie)],
                body: "token=\(token)&what=all"
            ),
            try self.fixture.send(
                "POST",
                "/-/live-events/replay",
                headers: [
                    ("CONTENT_TYPE", "application/x-www-form-urlencoded"), ("HTTP_COOKIE", cookie),
                    ("HTTP_ORIGIN", "https://evil.example"),
                ],
                body: "token=\(token)&what=all"
            ),
        ]
        #expect(tries.map(\.status) == [403, 403, 403, 403, 403])
        #expect(try self.fixture.spool.statistics().dead == 1)
    }

    @Test func onlyWhomTheFrontServerAdmitsSeesItFromElsewhere() throws {
        let away = [("REMOTE_ADDR", "198.51.100.7")]
        func status(_ more: [(String, String)]) throws -> Int? {
            let parameters = [("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/-/live-events")] + away + more
            return try FastCGIClient(self.fixture.address).exchange(FastCGIRecord.request(parameters, body: [])).status
        }
        #expect(try status([]) == 404)
        #expect(try status([("HTTP_HYDRA_GATEWAY_ADMIT", "1")]) == 404)
        #expect(try status([("HYDRA_GATEWAY_ADMIT", "1")]) == 200)
    }
}
