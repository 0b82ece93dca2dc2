import Segment
import Testing

struct PixelTests {
    private func pixel(_ query: String, route: Route = .pixel(.track)) throws -> EventBatch {
        try read([], route: route, facts: RequestFacts(receivedAt: now, query: query))
    }

    @Test(
        "data holds an event in base64 of any spelling",
        arguments: [
            // {"userId":"u","event":"E?>"}
            "eyJ1c2VySWQiOiJ1IiwiZXZlbnQiOiJFPz4ifQ==", "eyJ1c2VySWQiOiJ1IiwiZXZlbnQiOiJFPz4ifQ",
            "eyJ1c2VySWQiOiJ1IiwiZXZlbnQiOiJFPz4ifQ%3D%3D",
        ]
    )
    func data(data: String) throws {
        for route in [Route.pixel(.track), .jsonp(.track)] {
            let batch = try pixel("data=" + data + "&writeKey=query", route: route)
            #expect(batch.events.map(\.name) == ["E?>"])
            #expect(batch.events.map(\.messageId) == ["generated-1"])
            #expect(batch.events.map(\.timestamp) == [now])
            #expect(batch.writeKey?.value == "query")
            #expect(batch.isClientSide)
        }
    }

    @Test("A key inside data wins over the query's")
    func dataKey() throws {
        // {"writeKey":"inner","userId":"u"}
        let batch = try pixel(
            "writeKey=outer&data=eyJ3cml0ZUtleSI6ImlubmVyIiwidXNlcklkIjoidSJ9",
            route: .pixel(.identify)
        )
        #expect(batch.writeKey?.value == "inner")
    }

    @Test("Dotted names make objects, and values stay text")
    func dotted() throws {
        let query =
            "writeKey=k&userId=42&event=Email+Opened&properties.subject=Hi%20there&properties.n=1&properties.a.b=x"
            + "&context.page.url=https%3A%2F%2Fx.example%2F&context.library.name=amp&anonymousId=amp-1&x.=7&.y=8"
        let batch = try pixel(query)
        let event = try #require(batch.events.first)
        #expect(batch.writeKey?.value == "k")
        #expect(event.userId == "42" && event.anonymousId == "amp-1" && event.name == "Email Opened")
        #expect(try event.partnerMember("properties") == #"{"subject":"Hi there","n":"1","a":{"b":"x"}}"#)
        #expect(
            try event.partnerMember("context", fillIP: "203.0.113.77")
                == #"{"page":{"url":"https://x.example/"},"library":{"name":"amp"},"ip":"203.0.113.0"}"#
        )
        #expect(try event.partnerMember("writeKey") == nil)
        #expect(try event.partnerMember("x") == #"{"":"7"}"#)
    }

    @Test("Of two values for one place the later counts")
    func conflicts() throws {
        let event = try #require(try pixel("userId=u&event=E&a=1&a.b=2&c.d=3&c=4&e=5&e=6").events.first)
        #expect(try event.partnerMember("a") == #"{"b":"2"}"#)
        #expect(try event.partnerMember("c") == #""4""#)
        #expect(try event.partnerMember("e") == #""6""#)
    }

    @Test("The path gives the type", arguments: [EventType.identify, .track, .page, .screen, .group, .alias])
    func types(type: EventType) throws {
        let batch = try pixel("type=nonsense&userId=u&event=E", route: .pixel(type))
        #expect(batch.events.map(\.type) == [type])
    }

    @Test("A query without anything usable is a rejected event, not a trap")
    func unusable() throws {
        #expect(try pixel("").rejected.map(\.code) == [.noUserOrAnonymousID])
        #expect(
            refusal([], route: .pixel(.track), facts: RequestFacts(receivedAt: now, query: "data=W10x")) == .notJSON
        )
        let deep = Array(repeating: "a", count: 5_000).joined(separator: ".")
        #expect(
            refusal([], route: .pixel(.track), facts: RequestFacts(receivedAt: now, query: deep + "=1")) == .badQuery
        )
        let large = "userId=u&event=" + String(repeating: "x", count: 33 << 10)
        #expect(refusal([], route: .pixel(.track), facts: RequestFacts(receivedAt: now, query: large)) == .bodyTooLarge)
    }

    @Test("The image is one transparent pixel that is never cached")
    func image() {
        let answer = EdgeAnswer.pixel
        #expect(answer.body.count == 43)
        #expect(answer.body.last == 0x3b)
        #expect(answer.header("Content-Type") == "image/gif")
        #expect(answer.header("Cache-Control")?.contains("no-store") == true)
    }
}
