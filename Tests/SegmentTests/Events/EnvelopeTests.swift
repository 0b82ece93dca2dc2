import Segment
import Testing

struct EnvelopeTests {
    private func members(_ name: String, envelope: String, items: [String]) throws -> [String?] {
        let batch = items.map { #"{"type":"identify","userId":"u"\#($0)}"# }.joined(separator: ",")
        let events = try read(#"{\#(envelope),"batch":[\#(batch)]}"#).events
        #expect(events.count == items.count)
        return try events.map { try $0.partnerMember(name) }
    }

    @Test("The batch's context lies under the event's, key by key")
    func context() throws {
        let contexts = try members(
            "context",
            envelope: #""context":{"library":{"name":"go"},"a":1,"\u0062":2}"#,
            items: [
                "", #","context":{}"#, #","context":[]"#, #","context":{"a":{"x":1},"c":3,"b":9}"#, #","context":null"#,
            ]
        )
        let all = #"{"library":{"name":"go"},"a":1,"\u0062":2}"#
        #expect(contexts == [all, all, all, #"{"library":{"name":"go"},"a":{"x":1},"c":3,"b":9}"#, all])
    }

    @Test("The batch's integrations lie under the event's, key by key")
    func integrations() throws {
        let integrations = try members(
            "integrations",
            envelope: #""integrations":{"All":false,"Hydra":true}"#,
            items: ["", #","integrations":{"Hydra":false}"#, #","integrations":{"X":{}}"#]
        )
        #expect(
            integrations == [
                #"{"All":false,"Hydra":true}"#, #"{"All":false,"Hydra":false}"#, #"{"All":false,"Hydra":true,"X":{}}"#,
            ]
        )
    }

    @Test("An envelope whose parts are no objects says nothing", arguments: ["null", "[]", "7", "\"x\"", "[1]"])
    func unusable(value: String) throws {
        let envelope = #""context":\#(value),"integrations":\#(value),"sentAt":\#(value)"#
        #expect(try members("context", envelope: envelope, items: [""]) == ["{}"])
        #expect(try members("integrations", envelope: envelope, items: [""]) == ["{}"])
    }

    @Test("The batch's addresses are under the policy too")
    func addresses() throws {
        let contexts = try members(
            "context",
            envelope: #""context":{"ip":"203.0.113.77","a":1}"#,
            items: ["", #","context":{"b":2}"#]
        )
        #expect(contexts == [#"{"ip":"203.0.113.0","a":1}"#, #"{"ip":"203.0.113.0","a":1,"b":2}"#])
    }

    @Test("An envelope that would be copied into thousands of events is bounded")
    func bound() throws {
        let context = { (count: Int) in #"{"a":""# + String(repeating: "x", count: count - 8) + #""}"# }
        #expect(context(8_192).utf8.count == 8_192)
        #expect(try members("context", envelope: #""context":\#(context(8_192))"#, items: [""]) == [context(8_192)])
        #expect(refusal(#"{"batch":[],"context":\#(context(8_193))}"#, route: .batch) == .bodyTooLarge)
    }

    @Test(
        "Integrations of event and batch together decide",
        arguments: [
            (#"{"All":false}"#, "{}", false), (#"{"All":false}"#, #"{"Hydra":true}"#, true),
            (#"{"All":false}"#, #"{"All":true}"#, true), (#"{"Hydra":false}"#, #"{"hydra":true}"#, true),
            (#"{"Hydra":true}"#, #"{"All":false}"#, true), (#"{"Hydra":false}"#, #"{"All":true}"#, false),
            ("{}", #"{"All":false}"#, false), ("{}", "{}", true), (#"{"Hydra":{}}"#, #"{"All":false,"x":1}"#, true),
            ("{}", #"{"Hydra":true,"hydra":false}"#, false), ("{}", #"{"Hydra":false,"Hydra":true}"#, true),
        ]
    )
    func filter(envelope: String, item: String, isAllowed: Bool) throws {
        let batch = try read(
            #"{"integrations":\#(envelope),"batch":[{"type":"identify","userId":"u","integrations":\#(item)}]}"#
        )
        #expect(batch.events.map { $0.isAllowed() } == [isAllowed])
    }

    @Test("Other destinations have other names")
    func otherNames() throws {
        let event = try readEvent(#"{"userId":"u","event":"E","integrations":{"Mixer":false}}"#)
        #expect(event.isAllowed())
        #expect(!event.isAllowed(for: ["Mixer"]))
    }
}
