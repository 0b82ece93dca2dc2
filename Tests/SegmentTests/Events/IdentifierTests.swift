import JSON
import Testing

@testable import Segment

struct IdentifierTests {
    @Test(
        "Absurd exponents have no plain form",
        arguments: [
            "1e400", "1e65", "1e-65", "1e99999999999999999999", "0e400", "1e-9223372036854775808",
            "1e9223372036854775807",
        ]
    )
    func absurdNumbers(number: String) throws {
        #expect(try rejections(#"{"userId":\#(number),"event":"E"}"#) == [.identifierNotString])
    }

    @Test(
        "What is neither text nor number rejects the event, whatever the other id is",
        arguments: ["true", "false", "{}", "[]", "[1]"]
    )
    func otherKinds(value: String) throws {
        #expect(try rejections(#"{"userId":\#(value),"anonymousId":"a","event":"E"}"#) == [.identifierNotString])
        #expect(try rejections(#"{"userId":"u","anonymousId":\#(value),"event":"E"}"#) == [.identifierNotString])
    }

    @Test("1,024 bytes are taken, one more is not")
    func length() throws {
        let limit = String(repeating: "é", count: 512)
        #expect(try readEvent(#"{"userId":"\#(limit)","event":"E"}"#).userId == limit)
        #expect(try rejections(#"{"userId":"\#(limit)x","event":"E"}"#) == [.identifierTooLong])
        let escaped = String(repeating: #"\u0041"#, count: 1_024)
        #expect(try readEvent(#"{"userId":"\#(escaped)","event":"E"}"#).userId == String(repeating: "A", count: 1_024))
        #expect(try rejections(#"{"userId":"\#(escaped)\u0041","event":"E"}"#) == [.identifierTooLong])
        let digits = String(repeating: "9", count: 1_024)
        #expect(try readEvent(#"{"userId":\#(digits),"event":"E"}"#).userId == digits)
        #expect(try rejections(#"{"userId":\#(digits)9,"event":"E"}"#) == [.identifierTooLong])
    }

    @Test(
        "Text is forwarded byte for byte",
        arguments: [#""a\/b""#, #""\u00e9""#, #""é""#, #"" ""#, #""\ud83d\ude00""#]
    )
    func spelling(text: String) throws {
        let event = try readEvent(#"{"userId":\#(text),"anonymousId":\#(text),"event":\#(text),"messageId":\#(text)}"#)
        for name in ["userId", "anonymousId", "event", "messageId"] {
            #expect(try event.partnerMember(name) == text)
        }
    }
}
