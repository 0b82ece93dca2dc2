import JSON
import Segment
import Testing

/// Bodies that were damaged at random: nothing traps, and what is accepted is forwarded as sound JSON.
struct MutationTests {
    /// A small generator with a fixed seed, so that a failure can be repeated.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private static let seeds = [
        #"{"type":"track","userId":42,"anonymousId":null,"event":"E \ud83d\ude00","properties":{"a":[1,2.50,-0]},"ip":"1.2.3.4"}"#,
        #"{"batch":[{"type":"identify","userId":"u","traits":{"a":{}},"context":{"ip":"::1","direct":true}},[],{"type":"x"}],"#
            + #""context":{"library":{"name":"l"},"ip":"1.2.3.4"},"integrations":{"All":false},"sentAt":"2026-01-02T03:04:05Z"}"#,
        #"[{"type":"group","groupId":1e3,"timestamp":1767323045678,"sentAt":"2026-1-2 3:4:5.6789+01:30","source":1,"source":2}]"#,
    ]

    /// Bytes that change the meaning of JSON, times, numbers and addresses.
    private static let inserts = Array(#"{}[]",:\0123456789eE+-.TZ ntf/é"#.utf8) + [0, 0x1f, 0x7f, 0xff]

    @Test("Damaged bodies neither trap nor come out unsound", arguments: 0..<4)
    func damagedBodies(part: Int) throws {
        var random = Generator(state: UInt64(part) &* 7_919 &+ 1)
        let reader = EventReader(limits: SegmentLimits())
        let facts = RequestFacts(receivedAt: now)
        let parser = JSONParser()
        var accepted = 0
        for round in 0..<1_500 {
            var body = Array(Self.seeds[round % Self.seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<body.count, using: &random)
                let byte = Self.inserts[Int.random(in: 0..<Self.inserts.count, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0: body[place] = byte
                case 1: body.insert(byte, at: place)
                case 2: body.remove(at: place)
                default:
                    let end = min(place + 12, body.count)
                    body.insert(contentsOf: body[place..<end], at: Int.random(in: 0...body.count, using: &random))
                }
            }
            let route = try #require(Route.postRoutes.randomElement(using: &random))
            guard let batch = try? reader.read(body, route: route, facts: facts, makeMessageId: { "g" }) else {
                continue
            }
            for event in batch.events {
                let form = event.partnerForm(ipPolicy: .truncate, fillIP: "203.0.113.77")
                let names = try parser.parse(Array(form.utf8)).root.members.map(\.key.string)
                try #require(Set(names).count == names.count, "\(form)")
                accepted += 1
            }
        }
        #expect(accepted > 100)
    }

    @Test("Damaged times, addresses, queries and headers do not trap", arguments: 0..<2)
    func damagedTexts(part: Int) {
        var random = Generator(state: UInt64(part) &+ 99)
        let seeds = [
            "2026-01-02T03:04:05.678+01:30", "-1767323045.678e3", "20260102T030405Z", "[2001:db8::ffff:1.2.3.4%e]:80",
            "a.b=%41+c&data=eyJhIjoxfQ==", "Basic a2V5Og==, Bearer x",
        ]
        for round in 0..<6_000 {
            var text = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<max(text.count, 1), using: &random)
                let byte = Self.inserts[Int.random(in: 0..<Self.inserts.count, using: &random)]
                if Bool.random(using: &random) || text.isEmpty {
                    text.insert(byte, at: min(place, text.count))
                } else {
                    text[place] = byte
                }
            }
            if let time = Timestamp.parse(text) { #expect(Timestamp.parse(Array(time.iso8601.utf8)) == time) }
            let string = String(decoding: text, as: UTF8.self)
            if let address = IPPolicy.truncate.apply(to: string) {
                #expect(IPPolicy.truncate.apply(to: address) == address)
            }
            _ = Authorization.parse(string)
            _ = JSONP.callback(in: string)
            _ = try? read([], route: .pixel(.track), facts: RequestFacts(receivedAt: now, query: string))
        }
    }
}
