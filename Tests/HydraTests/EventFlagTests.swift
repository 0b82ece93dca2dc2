import Hydra
import JSON
import Testing

struct EventFlagTests {
    static let table: [(properties: String, flag: EventFlag)] = [
        (#"{"eventFlag":"positive"}"#, .positive),
        (#"{"eventFlag":"Positive"}"#, .positive),
        (#"{"eventFlag":"POSITIVE"}"#, .positive),
        (#"{"eventFlag":"pOsItIvE"}"#, .positive),
        (#"{"eventFlag":"\u0050ositive"}"#, .positive),
        (#"{"eventFlag":"negative"}"#, .negative),
        (#"{"eventFlag":"Negative"}"#, .negative),
        (#"{"eventFlag":"neutral"}"#, .neutral),
        (#"{"eventFlag":"Neutral"}"#, .neutral),
        (#"{"eventFlag":" POSITIVE"}"#, .neutral),
        (#"{"eventFlag":"positive "}"#, .neutral),
        (#"{"eventFlag":"positiv"}"#, .neutral),
        (#"{"eventFlag":"positives"}"#, .neutral),
        (#"{"eventFlag":"positi\u0016e"}"#, .neutral),
        (#"{"eventFlag":"posıtıve"}"#, .neutral),
        (#"{"eventFlag":"POSİTİVE"}"#, .neutral),
        (#"{"eventFlag":""}"#, .neutral),
        (#"{"eventFlag":"great"}"#, .neutral),
        (#"{"eventFlag":null}"#, .neutral),
        (#"{"eventFlag":1}"#, .neutral),
        (#"{"eventFlag":true}"#, .neutral),
        (#"{"eventFlag":["positive"]}"#, .neutral),
        (#"{"eventFlag":{"value":"positive"}}"#, .neutral),
        (#"{"EventFlag":"positive"}"#, .neutral),
        (#"{"event_flag":"positive"}"#, .neutral),
        (#"{"eventFlag":"negative","eventFlag":"positive"}"#, .positive),
        (#"{}"#, .neutral),
        (#"null"#, .neutral),
        (#""positive""#, .neutral),
        (#"["positive"]"#, .neutral),
    ]

    @Test(arguments: Self.table)
    func isReadFromProperties(properties: String, flag: EventFlag) throws {
        #expect(EventFlag(properties: try JSONParser().parse(Array(properties.utf8)).root) == flag)
    }

    @Test func isNeutralWithoutProperties() {
        #expect(EventFlag(properties: nil) == .neutral)
    }

    @Test(arguments: [
        ("POSITIVE", EventFlag.positive), ("Negative", .negative), ("neutral", .neutral), ("x", .neutral),
    ])
    func isReadFromName(name: String, flag: EventFlag) {
        #expect(EventFlag(name: name) == flag)
    }
}
