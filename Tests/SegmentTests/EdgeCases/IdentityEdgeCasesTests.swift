import JSON
import Segment
import Testing

/// Cases 9 to 15 and 24 to 27: who an event is about, and which event it is.
struct IdentityEdgeCasesTests {
    @Test(
        "Case 9: a numeric userId becomes a string without exponent",
        arguments: [
            ("42", "42"), ("-7", "-7"), ("0", "0"), ("-0", "0"), ("1.0", "1"), ("1e3", "1000"), ("1.5", "1.5"),
            ("12E-1", "1.2"), ("1180591620717411303424", "1180591620717411303424"), ("1.50", "1.5"),
        ]
    )
    func case9(number: String, id: String) throws {
        let event = try readEvent(#"{"userId":\#(number),"anonymousId":\#(number),"event":"E"}"#)
        #expect(event.userId == id)
        #expect(event.anonymousId == id)
        #expect(try event.partnerMember("userId") == "\"\(id)\"")
        #expect(try event.partnerMember("anonymousId") == "\"\(id)\"")
    }

    @Test("Case 10: a null or empty userId is as good as none", arguments: ["null", #""""#])
    func case10(empty: String) throws {
        let event = try readEvent(#"{"userId":\#(empty),"anonymousId":"a1","event":"E"}"#)
        #expect(event.userId == nil)
        #expect(event.anonymousId == "a1")
        #expect(try event.partnerMember("userId") == nil)
        #expect(try event.partnerMember("anonymousId") == #""a1""#)
    }

    @Test(
        "Case 11: an event with neither id is dropped under a 200",
        arguments: [#"{"event":"E"}"#, #"{"userId":null,"anonymousId":"","event":"E"}"#, "{}"]
    )
    func case11(body: String) throws {
        #expect(try rejections(body) == [.noUserOrAnonymousID])
        #expect(try rejections(body, route: .event(.identify)) == [.noUserOrAnonymousID])
    }

    @Test("Case 12: group and alias may stand on groupId and previousId alone")
    func case12() throws {
        let group = try readEvent(#"{"groupId":"g"}"#, route: .event(.group))
        let alias = try readEvent(#"{"previousId":7}"#, route: .event(.alias))
        #expect(group.type == .group && !group.type.isRelayed)
        #expect(alias.type == .alias && !alias.type.isRelayed)
        #expect(try rejections(#"{"groupId":""}"#, route: .event(.group)) == [.noUserOrAnonymousID])
        #expect(try rejections(#"{"groupId":"g"}"#, route: .event(.alias)) == [.noUserOrAnonymousID])
    }

    @Test("Case 13: null traits and properties are empty")
    func case13() throws {
        let identify = try readEvent(#"{"userId":"u","traits":null}"#, route: .event(.identify))
        #expect(identify.traits == nil)
        #expect(try identify.partnerMember("traits") == "{}")
        #expect(try identify.partnerMember("properties") == nil)
        let track = try readEvent(#"{"userId":"u","event":"E","properties":null}"#)
        #expect(try track.partnerMember("properties") == "{}")
        #expect(try track.partnerMember("traits") == nil)
    }

    @Test("Case 14: an empty array is an empty object where an object belongs, and stays an array elsewhere")
    func case14() throws {
        let event = try readEvent(
            #"{"userId":"u","event":"E","properties":[],"traits":[],"context":[],"integrations":[],"x":[],"y":{"z":[]}}"#
        )
        #expect(try event.partnerMember("properties") == "{}")
        #expect(try event.partnerMember("traits") == nil)
        #expect(try event.partnerMember("context") == "{}")
        #expect(try event.partnerMember("integrations") == "{}")
        #expect(try event.partnerMember("x") == "[]")
        #expect(try event.partnerMember("y") == #"{"z":[]}"#)
        let nested = try readEvent(#"{"userId":"u","traits":{"x":[]}}"#, route: .event(.identify))
        #expect(try nested.partnerMember("traits") == #"{"x":[]}"#)
        #expect(try read(#"{"batch":[],"context":[],"integrations":[]}"#).events.isEmpty)
    }

    @Test(
        "Case 15: traits or properties that are no object drop the event",
        arguments: ["\"x\"", "[1]", "7", "true", "false"]
    )
    func case15(value: String) throws {
        #expect(
            try rejections(#"{"userId":"u","event":"E","properties":\#(value)}"#) == [.propertiesNotObject]
        )
        #expect(
            try rejections(#"{"userId":"u","traits":\#(value)}"#, route: .event(.identify)) == [.traitsNotObject]
        )
    }

    @Test(
        "Case 24: a missing messageId is made once and kept",
        arguments: ["", #""messageId":null,"#, #""messageId":"","#]
    )
    func case24(member: String) throws {
        let event = try readEvent(#"{\#(member)"userId":"u","event":"E"}"#)
        #expect(event.messageId == "generated-1")
        #expect(event.messageIdWasGenerated)
        // However often the relay asks.
        #expect(try event.partnerMember("messageId") == #""generated-1""#)
        #expect(try event.partnerMember("messageId") == #""generated-1""#)
    }

    @Test("Case 25: of a long messageId the hash travels, a number becomes text, anything else is replaced")
    func case25() throws {
        let longest = String(repeating: "m", count: 1_024)
        let kept = try readEvent(#"{"messageId":"\#(longest)","userId":"u","event":"E"}"#)
        #expect(kept.messageId == longest && !kept.messageIdWasGenerated)
        #expect(try kept.partnerMember("originalMessageId") == nil)
        let hashed = try readEvent(#"{"messageId":"\#(longest)m","originalMessageId":"x","userId":"u","event":"E"}"#)
        #expect(hashed.messageId == "sha256-74d015c07e6510d2e6766d487fda84b087a447ca020f38be4edd70e920ac3d14")
        #expect(!hashed.messageIdWasGenerated)
        #expect(try hashed.partnerMember("messageId") == "\"\(hashed.messageId)\"")
        #expect(try hashed.partnerMember("originalMessageId") == "\"\(longest)m\"")
        // The same id, spelled otherwise, is the same; one that differs in its last letter is another.
        let escaped = try readEvent(#"{"messageId":"\#(longest)\u006d","userId":"u","event":"E"}"#)
        #expect(escaped.messageId == hashed.messageId)
        #expect(try readEvent(#"{"messageId":"\#(longest)n","userId":"u","event":"E"}"#).messageId != hashed.messageId)
        let rejected = try read(#"{"batch":[{"messageId":"\#(longest)m","type":"track","userId":"u"}]}"#).rejected
        #expect(rejected.map(\.messageId) == [hashed.messageId])
        let number = try readEvent(#"{"messageId":18446744073709551616,"userId":"u","event":"E"}"#)
        #expect(try number.partnerMember("messageId") == #""18446744073709551616""#)
        for other in ["true", "{}", "[]", "[\"m\"]"] {
            let event = try readEvent(#"{"messageId":\#(other),"userId":"u","event":"E"}"#)
            #expect(event.messageId == "generated-1")
        }
    }

    /// Deduplication is the spool's part (integration tests). What lives here: the id comes through unchanged, so that
    /// the second arrival has the same one.
    @Test("Case 26: the same messageId again is the same messageId")
    func case26() throws {
        let body = #"{"messageId":"m-\u00e9","userId":"u","event":"E"}"#
        #expect(try readEvent(body).messageId == "m-é")
        #expect(try readEvent(body).messageId == "m-é")
    }

    /// Which of the two is relayed is the spool's part (integration tests).
    @Test("Case 27: two events of one batch with one messageId are both returned, in order")
    func case27() throws {
        let batch = try read(
            #"[{"type":"track","messageId":"m","userId":"a","event":"A"},{"type":"track","messageId":"m","userId":"b","event":"B"}]"#
        )
        #expect(batch.events.map(\.messageId) == ["m", "m"])
        #expect(batch.events.map(\.name) == ["A", "B"])
    }
}
