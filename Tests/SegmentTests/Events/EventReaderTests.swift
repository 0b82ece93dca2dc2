import JSON
import Segment
import Testing

struct EventReaderTests {
    @Test("What is JSON but no object is refused", arguments: ["1", "\"x\"", "true", "null", "1.5e3"])
    func scalars(body: String) {
        for route in Route.postRoutes { #expect(refusal(body, route: route) == .bodyNotObject) }
    }

    @Test(
        "What is not JSON is refused, and the message says where",
        arguments: ["{", "[1,]", "x", "{}{}", "{'a':1}", "\u{1f}"]
    )
    func garbage(body: String) throws {
        #expect(refusal(body) == .notJSON)
        do {
            _ = try read(body)
        } catch {
            #expect(error.status == 400)
            #expect(error.message.hasPrefix("The body is not JSON: "))
        }
    }

    @Test("Telemetry and settings read nothing of the body", arguments: [Route.metrics, .settings(writeKey: "k")])
    func nothingToRead(route: Route) throws {
        #expect(try read("not json", route: route).events.isEmpty)
    }

    @Test(
        "Events that a track route drops under a 200",
        arguments: [
            (#"{"userId":"u"}"#, ItemRejection.Code.eventNotDefined),
            (#"{"userId":"u","event":null}"#, .eventNotDefined),
            (#"{"userId":"u","event":""}"#, .eventNotDefined), (#"{"userId":"u","event":7}"#, .eventNotString),
            (#"{"userId":"u","event":{}}"#, .eventNotString), (#"{"userId":"u","event":["E"]}"#, .eventNotString),
            (#"{"userId":"u","event":"E","context":"x"}"#, .contextNotObject),
            (#"{"userId":"u","event":"E","context":[1]}"#, .contextNotObject),
            (#"{"userId":"u","event":"E","integrations":"x"}"#, .integrationsNotObject),
            (#"{"userId":"u","event":"E","traits":1}"#, .traitsNotObject),
        ]
    )
    func rejected(body: String, code: ItemRejection.Code) throws {
        let rejected = try read(body, route: .event(.track)).rejected
        #expect(rejected.map(\.code) == [code])
        #expect(rejected.first?.raw == Array(body.utf8))
        #expect(rejected.first?.message.isEmpty == false)
    }

    @Test("A reader reads request after request, good and bad")
    func reuse() throws {
        let reader = EventReader(limits: SegmentLimits())
        let facts = RequestFacts(receivedAt: now)
        for index in 0..<50 {
            let body = Array(#"{"userId":"u\#(index)","event":"E"}"#.utf8)
            let batch = try reader.read(body, route: .event(.track), facts: facts) { "g" }
            #expect(batch.events.map(\.userId) == ["u\(index)"])
            #expect(throws: EdgeRejection.self) {
                try reader.read(Array("{".utf8), route: .batch, facts: facts) { "g" }
            }
        }
    }

    @Test("Events outlive their reader")
    func lifetime() throws {
        let event = try readEvent(#"{"userId":"u","event":"E","properties":{"a":1}}"#)
        #expect(event.properties?["a"]?.int64 == 1)
    }

    @Test("Limits are the caller's")
    func limits() throws {
        var limits = SegmentLimits()
        limits.eventBytes = 60
        limits.batchBytes = 200
        limits.batchEvents = 2
        limits.depth = 2
        limits.identifierBytes = 3
        let codes = { (body: String) in
            try read(Array(body.utf8), route: .event(.track), limits: limits).rejected.map(\.code)
        }
        #expect(try codes(#"{"userId":"abcd","event":"E"}"#) == [.identifierTooLong])
        #expect(try codes(#"{"userId":"abc","event":"E","x":{}}"#) == [])
        #expect(try codes(#"{"userId":"abc","event":"E","x":{"y":[]}}"#) == [.itemTooDeep])
        #expect(try codes("[1,2,3]") == [.notAnObject, .notAnObject, .excessItem])
        #expect(refusal(Array(repeating: 0x20, count: 201), limits: limits) == .bodyTooLarge)
        let large = #"{"userId":"abc","event":"E","x":"0123456789012345678901234567"}"#
        #expect(refusal(Array(large.utf8), limits: limits) == .bodyTooLarge)
        #expect(refusal(Gzip.member(String(repeating: " ", count: 201)), limits: limits) == .bodyTooLarge)
    }

    @Test("Fields of the event")
    func fields() throws {
        let event = try readEvent(
            #"{"userId":"u","anonymousId":"a","event":"E","properties":{"feature":"F"},"traits":{"t":1},"messageId":"m"}"#
        )
        #expect(event.type == .track && event.name == "E" && event.userId == "u" && event.anonymousId == "a")
        #expect(event.messageId == "m" && !event.messageIdWasGenerated)
        #expect(event.properties?["feature"]?.string == "F")
        #expect(event.traits?["t"]?.int64 == 1)
        #expect(event.value["properties"]?.range == event.properties?.range)
        #expect(event.sentAt == nil && event.clockSkew == nil)
    }

    @Test("Relayed are identify and track", arguments: EventType.allCases)
    func relayed(type: EventType) throws {
        let batch = try read(#"[{"type":"\#(type.rawValue)","userId":"u","event":"E"}]"#)
        #expect(batch.events.map(\.type) == [type])
        #expect(batch.unsupportedCount == (type == .identify || type == .track ? 0 : 1))
        #expect(batch.events.first?.name == (type == .track ? "E" : nil))
    }
}
