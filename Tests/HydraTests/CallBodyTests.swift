import Hydra
import JSON
import Testing

struct CallBodyTests {
    private func finish(kind: CallKind, properties: String?) throws -> String {
        let document = try properties.map { try JSONParser().parse(Array($0.utf8)) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("messageId", "m-1")
        CallBody.finish(&writer, kind: kind, source: "de\"mo", sequence: 7, properties: document?.root)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func identifyGetsItsSourceAlone() throws {
        #expect(
            try self.finish(kind: .identify, properties: #"{"feature":"f","eventFlag":"positive"}"#)
                == #"{"messageId":"m-1","source":"de\"mo","sequence":7}"#
        )
    }

    @Test func trackToTheLetter() throws {
        #expect(
            try self.finish(kind: .track, properties: #"{ "feature": "Device management", "eventFlag": "Positive" }"#)
                == #"{"messageId":"m-1","source":"de\"mo","sequence":7,"feature":"Device management","eventFlag":"positive"}"#
        )
    }

    @Test(arguments: [
        (nil, "null"),
        ("{}", "null"),
        ("null", "null"),
        (#"{"feature":null}"#, "null"),
        (#"{"feature":""}"#, #""""#),
        (#"{"feature":"\u00e9\/\ud83d\ude00"}"#, #""\u00e9\/\ud83d\ude00""#),
        (#"{"feature":12345678901234567890.10}"#, "12345678901234567890.10"),
        (#"{"feature":true}"#, "true"),
        (#"{"feature": { "a" : [1, 2] } }"#, #"{ "a" : [1, 2] }"#),
        (#"{"feature":"first","feature":"last"}"#, #""last""#),
        (#"{"Feature":"other"}"#, "null"),
    ])
    func featureIsSplicedAsItIsSpelled(properties: String?, feature: String) throws {
        #expect(
            try self.finish(kind: .track, properties: properties)
                == #"{"messageId":"m-1","source":"de\"mo","sequence":7,"feature":\#(feature),"eventFlag":"neutral"}"#
        )
    }
}
