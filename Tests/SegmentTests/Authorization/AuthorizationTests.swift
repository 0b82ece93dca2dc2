import Segment
import Testing

struct AuthorizationTests {
    @Test(
        "Headers are read leniently, and never wrongly",
        arguments: [
            (nil, .none), ("", .none), ("  ", .none), (",", .none),
            ("Basic a2V5Og==", .basic(user: "key")), ("Basic a2V5Og", .basic(user: "key")),
            ("Basic a2V5", .basic(user: "key")), ("Basic a2V5OnBhc3M6d29yZA==", .basic(user: "key")),
            ("BASIC a2V5Og==", .basic(user: "key")), ("  bAsIc \t a2V5Og==  ", .basic(user: "key")),
            ("Basic w6k6", .basic(user: "é")), ("Basic Og==", .malformed), ("Basic OnBhc3M=", .malformed),
            ("Basic", .malformed), ("Basic ", .malformed), ("Basic !!!", .malformed), ("Basic /w==", .malformed),
            ("Basica2V5Og==", .malformed), ("Digest a2V5Og==", .malformed), ("key", .malformed),
            ("Bearer abc.def-ghi", .bearer(token: "abc.def-ghi")), ("bearer x", .bearer(token: "x")),
            ("Bearer ", .malformed), ("Bearer a b", .malformed),
            ("Digest x, Basic a2V5Og==", .basic(user: "key")), ("Basic a2V5Og==, Basic b3RoZXI6", .basic(user: "key")),
            ("Bearer x, Basic a2V5Og==", .bearer(token: "x")), (", ,Basic a2V5Og==", .basic(user: "key")),
        ] as [(String?, Authorization)]
    )
    func headers(header: String?, expected: Authorization) {
        #expect(Authorization.parse(header) == expected)
    }

    @Test("The key comes from the header, the body, its first event that has one, then the query")
    func precedence() throws {
        let basic = RequestFacts(authorization: "Basic a2V5", receivedAt: now)
        let bearer = RequestFacts(authorization: "Bearer x", receivedAt: now)
        let broken = RequestFacts(authorization: "Basic Og==", receivedAt: now)
        let body = #"{"writeKey":"body","batch":[{"type":"identify","userId":"u","writeKey":"item"}]}"#
        let items = #"[7,{"type":"identify","userId":"u"},{"writeKey":"item"},{"writeKey":"later"}]"#
        #expect(try read(body, facts: basic).writeKey?.value == "key")
        #expect(try read(body, facts: bearer).writeKey?.value == "body")
        #expect(try read(body, facts: broken).writeKey?.value == "body")
        #expect(try read(items).writeKey?.value == "item")
        #expect(try read(#"{"batch":\#(items)}"#).writeKey?.value == "item")
        #expect(
            try read(#"{"userId":"u","event":"E","writeKey":"one"}"#, route: .event(.track)).writeKey?.value == "one"
        )
        #expect(try read("[]").writeKey == nil)
    }

    @Test("Senders that take turns on one reader keep their own keys")
    func alternation() throws {
        let reader = EventReader(limits: SegmentLimits())
        for (header, key) in [
            ("Basic YQ==", "a"), ("Basic YQ==", "a"), ("Basic Yg==", "b"), (nil, nil), ("Basic Og==", nil),
            ("Basic YQ==", "a"),
        ] {
            let facts = RequestFacts(authorization: header, receivedAt: now)
            let batch = try reader.read(Array("[]".utf8), route: .batch, facts: facts) { "g" }
            #expect(batch.writeKey?.value == key)
        }
    }

    @Test("A key that no configuration can hold is none", arguments: [#""""#, "7", "null", #""a\nb""#, "{}"])
    func unusableKeys(value: String) throws {
        #expect(try read(#"{"writeKey":\#(value),"batch":[]}"#).writeKey == nil)
        #expect(WriteKey(String(repeating: "k", count: 257)) == nil)
    }

    @Test(
        "Partner and webhook routes have no write key",
        arguments: [Route.partner(source: "s"), .webhook(source: "s")]
    )
    func partners(route: Route) throws {
        let facts = RequestFacts(authorization: "Basic a2V5", receivedAt: now)
        let body = #"{"type":"identify","userId":"u","writeKey":"k"}"#
        #expect(try read(body, route: route, facts: facts).writeKey == nil)
    }

    @Test("Keys and secrets print nothing of themselves")
    func redaction() throws {
        let key = try #require(WriteKey("top-secret"))
        let secret = try #require(WebhookSecret("top-secret"))
        for text in ["\(key)", String(reflecting: key), "\(secret)", String(reflecting: secret)] {
            #expect(!text.contains("top"))
        }
        #expect(Mirror(reflecting: key).children.isEmpty)
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test("Keys compare in constant time by value")
    func comparison() throws {
        let key = try #require(WriteKey("demo-write-key"))
        #expect(key.constantTimeEquals(try #require(WriteKey("demo-write-key"))))
        #expect(!key.constantTimeEquals(try #require(WriteKey("demo-write-kez"))))
        #expect(!key.constantTimeEquals(try #require(WriteKey("demo-write-ke"))))
    }
}
