import JSON
import Segment
import Testing

struct PartnerFormTests {
    @Test("A whole track call, byte for byte")
    func track() throws {
        let event = try readEvent(
            """
            { "channel" : "server", "writeKey":"k", "type":"page", "userId":42,"anonymousId": "a\\u0031", "event":"Device deploy started",
              "properties": { "feature": "Device management" , "n":1.0 },"context":{"library":{"name":"x"}},
              "integrations":{"All":true}, "timestamp":"2026-01-02T04:03:05+01:00","sentAt":"2026-01-02T03:04:05.6789Z",
              "messageId":"m-1","_metadata":{ "nodeVersion":"22" },"version":2, "batch":null, "big":1180591620717411303424 }
            """
        )
        #expect(
            event.partnerForm() == #"{"type":"track","messageId":"m-1","userId":"42","anonymousId":"a\u0031","#
                + #""event":"Device deploy started","properties":{ "feature": "Device management" , "n":1.0 },"#
                + #""context":{"library":{"name":"x"}},"integrations":{"All":true},"timestamp":"2026-01-02T03:03:05.000Z","#
                + #""originalTimestamp":"2026-01-02T04:03:05+01:00","sentAt":"2026-01-02T03:04:05.678Z","#
                + #""receivedAt":"2026-01-02T03:04:05.678Z","channel" : "server","_metadata":{ "nodeVersion":"22" },"#
                + #""version":2,"big":1180591620717411303424}"#
        )
    }

    @Test("A whole identify call, byte for byte")
    func identify() throws {
        let event = try readEvent(
            #"{"userId":"userId123","traits":{"email":"john.doe@example.com","title":"VP of Happiness"},"event":"kept"}"#,
            route: .event(.identify)
        )
        #expect(
            event.partnerForm() == #"{"type":"identify","messageId":"generated-1","userId":"userId123","#
                + #""traits":{"email":"john.doe@example.com","title":"VP of Happiness"},"context":{},"integrations":{},"#
                + #""timestamp":"2026-01-02T03:04:05.678Z","receivedAt":"2026-01-02T03:04:05.678Z","event":"kept"}"#
        )
    }

    @Test("The least that can be sent, byte for byte")
    func least() throws {
        #expect(
            try readEvent(#"{"anonymousId":"a","event":"E"}"#).partnerForm()
                == #"{"type":"track","messageId":"generated-1","anonymousId":"a","event":"E","properties":{},"context":{},"#
                + #""integrations":{},"timestamp":"2026-01-02T03:04:05.678Z","receivedAt":"2026-01-02T03:04:05.678Z"}"#
        )
    }

    @Test("An identify without traits has those of its context, which stay there too")
    func contextTraits() throws {
        let event = try readEvent(
            #"{"userId":"u","context":{"traits":{"email":"e"}}}"#,
            route: .event(.identify)
        )
        #expect(try event.partnerMember("traits") == #"{"email":"e"}"#)
        #expect(try event.partnerMember("context") == #"{"traits":{"email":"e"}}"#)
        // Its own count where it has any, and a track has nothing to do with them.
        let own = #"{"userId":"u","traits":{"a":1},"context":{"traits":{"b":2}}}"#
        #expect(try readEvent(own, route: .event(.identify)).partnerMember("traits") == #"{"a":1}"#)
        let track = #"{"userId":"u","event":"E","context":{"traits":{"b":2}}}"#
        #expect(try readEvent(track).partnerMember("traits") == nil)
        for nothing in ["null", "[]", "{}"] {
            let body = #"{"userId":"u","traits":\#(nothing),"context":{"traits":{"b":2}}}"#
            #expect(try readEvent(body, route: .event(.identify)).partnerMember("traits") == #"{"b":2}"#)
        }
    }

    @Test("The object stays open for the caller's members")
    func open() throws {
        var writer = JSONWriter()
        try readEvent(#"{"userId":"u","event":"E","x":1}"#).writePartnerForm(
            into: &writer,
            ipPolicy: .drop,
            fillIP: nil
        )
        writer.member("source", "shop")
        writer.endObject()
        #expect(try JSONParser().parse(writer.bytes).root["source"]?.string == "shop")
    }

    @Test("Names that a call gives a meaning of its own are not taken from the sender")
    func reservedNames() throws {
        let body = #"{"userId":"u","event":"E","source":"forged","feature":"F","eventFlag":"Positive","receivedAt":1}"#
        let track = try readEvent(body)
        #expect(try ["source", "feature", "eventFlag"].map { try track.partnerMember($0) } == [nil, nil, nil])
        let identify = try readEvent(body, route: .event(.identify))
        #expect(
            try ["source", "feature", "eventFlag"].map { try identify.partnerMember($0) }
                == [nil, #""F""#, #""Positive""#]
        )
    }

    @Test("No name stands twice, whatever was sent twice")
    func duplicates() throws {
        let event = try readEvent(
            #"{"userId":"a","x":1,"x":2,"\u0078":3,"y":{"z":1,"z":2},"userId":"b","event":"E","event":"F","messageId":"m","messageId":"n"}"#
        )
        #expect(
            event.partnerForm()
                == #"{"type":"track","messageId":"n","userId":"b","event":"F","properties":{},"context":{},"#
                + #""integrations":{},"timestamp":"2026-01-02T03:04:05.678Z","receivedAt":"2026-01-02T03:04:05.678Z","#
                + #""x":3,"y":{"z":1,"z":2}}"#
        )
    }

    @Test("A thousand unknown members keep their order")
    func manyMembers() throws {
        let members = (0..<1_000).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
        let event = try readEvent(#"{\#(members),"userId":"u","event":"E"}"#)
        #expect(event.partnerForm().hasSuffix(members + "}"))
    }

    @Test("Two batches of the same event give the same bytes")
    func stability() throws {
        let item = #"{"type":"track","userId":"u","event":"E","properties":{"a":[1,{"b":null}]},"messageId":"m"}"#
        let forms = try read("[\(item),\(item)]").events.map { $0.partnerForm() }
        #expect(Set(forms).count == 1)
    }
}
