import JSON
import Segment
import Spool
import Testing

/// The events of Segment's documentation, by shape: members, kinds and nesting are those of its examples, the values are
/// made up.
@Suite struct DocumentedEventsTests {
    struct Example {
        let text: String
        let type: EventType
        /// Whether it says who did it, and a track what; the others no server takes.
        let isWhole: Bool
        /// Whether its integrations switch off all that they do not name.
        let switchesAllOff: Bool
    }

    static func examples() throws -> [Example] {
        let lines = String(decoding: PackageResources.documented_events_jsonl, as: UTF8.self).split(separator: "\n")
        return try lines.map { line in
            let event = try JSONParser().parse(Array(line.utf8)).root
            return Example(
                text: String(line),
                type: try #require(event["type"]?.string.flatMap { EventType(rawValue: $0) }),
                isWhole: ["userId", "anonymousId"].contains { event[key: $0]?.string?.isEmpty == false }
                    && (event["type"]?.string != "track" || event["event"]?.string?.isEmpty == false),
                switchesAllOff: event["integrations"]?["All"]?.bool == false
            )
        }
    }

    enum Way: CaseIterable {
        case single, batch, partner, webhook

        func route(_ type: EventType) -> Route {
            switch self {
            case .single: .event(type)
            case .batch: .batch
            case .partner: .partner(source: "web")
            case .webhook: .webhook(source: "web")
            }
        }
    }

    @Test("All that may pass arrive", arguments: Way.allCases)
    func arrive(way: Way) throws {
        let ends = try Ends()
        let facts = RequestFacts(receivedAt: Timestamp(milliseconds: 1_767_323_045_678))
        var arrived = 0
        for example in try Self.examples() where example.isWhole {
            let body = way == .batch ? #"{"batch":[\#(example.text)]}"# : example.text
            let outcome = ends.take(Array(body.utf8), route: way.route(example.type), facts: facts)
            let isFiltered = example.switchesAllOff && !way.route(example.type).isFromSegment
            #expect(outcome.calls.count == (isFiltered ? 0 : 1), "\(example.text)")
            #expect(outcome.filtered == (isFiltered ? 1 : 0), "\(example.text)")
            #expect(outcome.disagreements == [], "\(example.text)")
            guard let call = outcome.calls.first else { continue }
            arrived += 1
            try self.expectSame(call.body, as: example)
        }
        let isFromSegment = Way.partner == way || Way.webhook == way
        #expect(arrived == (isFromSegment ? 113 : 111))
    }

    /// What was sent is there, equal, wherever the partner form has it.
    private func expectSame(_ body: [UInt8], as example: Example) throws {
        let call = try JSONParser().parse(body).root
        let event = try JSONParser().parse(Array(example.text.utf8)).root
        for name in ["userId", "anonymousId", "event", "properties", "traits", "version", "channel", "messageId"] {
            guard let sent = event[key: name], sent.kind != .null else { continue }
            if name == "event", example.type != .track { continue }
            let isSame =
                sent.kind == .number && name.hasSuffix("Id")
                ? call[key: name]?.string == sent.rawString : call[key: name]?.rawString == sent.rawString
            #expect(isSame || sent.string?.isEmpty == true, "\(name) of \(example.text)")
        }
    }

    @Test(
        "Only Hydra's own name blocks what Segment's servers deliver",
        arguments: [
            (#"{"All":false}"#, true), (#"{"All":false,"Webhooks":true}"#, true),
            (#"{"All":false,"Webhooks (Actions)":true}"#, true), (#"{"all":false,"Extensible Webhook":true}"#, true),
            (#"{"Hydra":false}"#, false), (#"{"All":true,"hydra":false}"#, false), (#"{"All":false,"Hydra":{}}"#, true),
        ]
    )
    func webhooks(integrations: String, passes: Bool) throws {
        let body = #"{"type":"track","userId":"u","event":"E","integrations":\#(integrations)}"#
        let facts = RequestFacts(receivedAt: Timestamp(milliseconds: 1_767_323_045_678))
        for way in [Way.partner, .webhook] {
            let outcome = try Ends().take(Array(body.utf8), route: way.route(.track), facts: facts)
            #expect(outcome.calls.count == (passes ? 1 : 0), "\(way)")
        }
    }
}
