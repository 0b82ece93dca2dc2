import Segment
import Testing

struct IPPolicyTests {
    @Test(
        "Addresses under keep, truncate and drop",
        arguments: [
            ("203.0.113.77", "203.0.113.77", "203.0.113.0"), ("0.0.0.0", "0.0.0.0", "0.0.0.0"),
            ("255.255.255.255", "255.255.255.255", "255.255.255.0"),
            ("203.0.113.77:51000", "203.0.113.77", "203.0.113.0"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1::"), ("::1", "::1", "::"),
            ("2001:DB8::1", "2001:DB8::1", "2001:db8::"), ("[2001:db8::1]:443", "2001:db8::1", "2001:db8::"),
            ("[2001:db8::1]", "2001:db8::1", "2001:db8::"), ("fe80::1%eth0", "fe80::1", "fe80::"),
            ("::ffff:203.0.113.77", "::ffff:203.0.113.77", "203.0.113.0"),
            ("[::ffff:203.0.113.77]:80", "203.0.113.77", "203.0.113.0"),
            ("::ffff:cb00:714d", "::ffff:cb00:714d", "203.0.113.0"),
            ("64:ff9b::203.0.113.77", "64:ff9b::203.0.113.77", "64:ff9b::"), ("1::", "1::", "1::"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7::", "1:2:3::"), ("1:0:0:4:0:0:0:8", "1:0:0:4:0:0:0:8", "1::"),
        ]
    )
    func addresses(text: String, kept: String, truncated: String) {
        #expect(IPPolicy.keep.apply(to: text) == kept)
        #expect(IPPolicy.truncate.apply(to: text) == truncated)
        #expect(IPPolicy.drop.apply(to: text) == nil)
    }

    @Test(
        "Text that is no address is kept by keep and dropped by the rest",
        arguments: [
            "", "unknown", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4:", "1.2.3.4:123456", "1.2.3.4:x",
            "1..2.3", ".1.2.3", "1.2.3.", "1.2.3.4, 5.6.7.8", " 1.2.3.4", "-1.2.3.4", ":", "::", ":::", "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "12345::", "g::1", "[::1",
            "[::1]x", "[::1]:", "[1]", "[]", "::1.2.3", "::1.2.3.4:5", "1.2.3.4::", "unix:", "é", "１.２.３.４",
            "::ffff:1.2.3.256", "1:2:3:4:5:6:7:1.2.3.4",
        ].filter { $0 != "::" }
    )
    func noAddresses(text: String) {
        #expect(IPPolicy.keep.apply(to: text) == text)
        #expect(IPPolicy.truncate.apply(to: text) == nil)
        #expect(IPPolicy.truncate.fill(from: text) == nil)
        #expect(IPPolicy.keep.fill(from: text) == nil)
    }

    @Test("A canonical address is printed by RFC 5952")
    func canonicalText() {
        let texts = [
            "[2001:DB8:0:0:1:0:0:1]": "2001:db8::1:0:0:1", "[0:0:0:0:0:0:0:0]": "::",
            "[1:0:2:0:3:0:4:0]": "1:0:2:0:3:0:4:0",
            "[0:0:1:2:3:4:5:6]": "::1:2:3:4:5:6", "[1:2:3:4:5:6:0:0]": "1:2:3:4:5:6::", "[00a0::0001]": "a0::1",
        ]
        for (text, printed) in texts { #expect(IPPolicy.keep.apply(to: text) == printed) }
    }

    private static let withAll = """
        {"userId":"u","event":"E","ip":"198.51.100.7","ip_address":"2001:db8::7","x":1,"context":{"ip":"203.0.113.77",
        "ipAddress":"203.0.113.78:80","ip_address":7,"\\u0069p":"203.0.113.99","page":{"ip":"kept"},"device":{"ip":"kept"}}}
        """

    @Test("The policy reaches every address of the event and its context, and no further")
    func reach() throws {
        let event = try readEvent(Self.withAll)
        #expect(
            try event.partnerMember("context", ipPolicy: .truncate)
                == #"{"ip":"203.0.113.0","ipAddress":"203.0.113.0","page":{"ip":"kept"},"device":{"ip":"kept"}}"#
        )
        #expect(try event.partnerMember("ip", ipPolicy: .truncate) == #""198.51.100.0""#)
        #expect(try event.partnerMember("ip_address", ipPolicy: .truncate) == #""2001:db8::""#)
        #expect(
            try event.partnerMember("context", ipPolicy: .drop) == #"{"page":{"ip":"kept"},"device":{"ip":"kept"}}"#
        )
        #expect(try event.partnerMember("ip", ipPolicy: .drop) == nil)
        #expect(
            try event.partnerMember("context", ipPolicy: .keep)
                == #"{"ip":"203.0.113.99","ipAddress":"203.0.113.78","ip_address":7,"page":{"ip":"kept"},"device":{"ip":"kept"}}"#
        )
        #expect(try event.partnerMember("ip", ipPolicy: .keep) == #""198.51.100.7""#)
        #expect(try event.partnerMember("x") == "1")
    }

    @Test(
        "The connection's address is filled in for browsers and phones only",
        arguments: [
            (Route.event(.track), false), (.clientEvent(.track), true), (.batch, false), (.clientBatch, true),
            (.partner(source: "s"), false), (.webhook(source: "s"), false),
        ]
    )
    func filling(route: Route, isFilled: Bool) throws {
        let body = #"[{"type":"track","userId":"u","event":"E","context":{"a":1}}]"#
        let event = try #require(try read(body, route: route).events.first)
        let filled = #"{"a":1,"ip":"203.0.113.0"}"#
        #expect(
            try event.partnerMember("context", fillIP: "203.0.113.77") == (isFilled ? filled : #"{"a":1}"#)
        )
        #expect(try event.partnerMember("context", ipPolicy: .drop, fillIP: "203.0.113.77") == #"{"a":1}"#)
        #expect(try event.partnerMember("context", fillIP: "unix:") == #"{"a":1}"#)
    }

    @Test(
        "What fills a context",
        arguments: [
            ("{}", #"{"ip":"203.0.113.77"}"#), ("[]", #"{"ip":"203.0.113.77"}"#), ("null", #"{"ip":"203.0.113.77"}"#),
            (#"{"ip":"198.51.100.1"}"#, #"{"ip":"198.51.100.1"}"#), (#"{"ip":""}"#, #"{"ip":"203.0.113.77"}"#),
            (#"{"ip":null,"a":1}"#, #"{"a":1,"ip":"203.0.113.77"}"#),
            (#"{"ipAddress":"198.51.100.1"}"#, #"{"ipAddress":"198.51.100.1","ip":"203.0.113.77"}"#),
        ]
    )
    func filledContexts(context: String, expected: String) throws {
        let event = try readEvent(#"{"userId":"u","event":"E","context":\#(context)}"#, route: .clientEvent(.track))
        #expect(try event.partnerMember("context", ipPolicy: .keep, fillIP: "::ffff:203.0.113.77") == expected)
    }

    @Test("context.direct asks for the address on any route; the event's word beats the batch's")
    func direct() throws {
        let batch = try read(
            """
            {"context":{"direct":true},"batch":[{"type":"identify","userId":"a"},
            {"type":"identify","userId":"b","context":{"direct":false}},
            {"type":"identify","userId":"c","context":{"direct":"true"}}]}
            """
        )
        #expect(
            try batch.events.map { try $0.partnerMember("context", fillIP: "203.0.113.77") } == [
                #"{"direct":true,"ip":"203.0.113.0"}"#, #"{"direct":false}"#, #"{"direct":"true","ip":"203.0.113.0"}"#,
            ]
        )
        let event = try readEvent(#"{"userId":"u","event":"E","context":{"direct":true}}"#)
        #expect(try event.partnerMember("context", fillIP: "203.0.113.77") == #"{"direct":true,"ip":"203.0.113.0"}"#)
    }
}
