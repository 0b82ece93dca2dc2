import JSON
import Segment
import Testing

struct WebhookSignatureTests {
    private static let event = #"{"type":"track","event":"E","userId":"u1","n":1.0}"#
    private static let eventCode = "315cd8b6eec32423671ae4ee36eeb306f4267d5d"
    private static let array = "[\(event), " + #"{"type":"identify","userId":"u2"}]"#
    private static let arrayCode = "1ab8aefa5f9f241becb8d37eba95061795f8d63d"

    @Test(
        "Known vectors of RFC 2202 and of this secret",
        arguments: [
            ("Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            ("Jefe", "what do ya want for nothing?", "EFFCDF6AE5EB2FA2D27416D5F184DF9C259A7C79"),
            ("shhh", event, eventCode),
            (
                "shhh", #"{"type":"track","event":"E","userId":"u1","n":1.0,"s":"\u00e9"}"#,
                "27355e9fc23dbcb1f35a38ed300fd899a37b5639"
            ),
        ]
    )
    func vectors(secret: String, body: String, code: String) throws {
        let secret = try #require(WebhookSecret(secret))
        #expect(WebhookSignature.isValid(hex: code, secret: secret, body: Array(body.utf8)))
        #expect(!WebhookSignature.isValid(hex: code, secret: secret, body: Array((body + " ").utf8)))
    }

    @Test(
        "What is no signature",
        arguments: [
            "", "315c", eventCode + "00", String(eventCode.dropLast()), String(eventCode.dropLast()) + "g",
            "0x" + eventCode,
            " " + eventCode.dropLast(), String(repeating: "0", count: 40), String(eventCode.dropLast()) + "é",
            "sha1=" + eventCode,
        ]
    )
    func malformed(hex: String) throws {
        let secret = try #require(WebhookSecret("shhh"))
        #expect(!WebhookSignature.isValid(hex: hex, secret: secret, body: Array(Self.event.utf8)))
    }

    private func refusal(_ body: String, signature: String?) -> EdgeRejection.Code? {
        let facts = RequestFacts(receivedAt: now, signature: signature, webhookSecret: WebhookSecret("shhh"))
        return SegmentTests.refusal(Array(body.utf8), route: .webhook(source: "s"), facts: facts)
    }

    @Test("A webhook is read only when its signature fits")
    func webhook() throws {
        #expect(refusal(Self.event, signature: Self.eventCode) == nil)
        #expect(refusal(Self.event, signature: nil) == .signatureMissing)
        #expect(refusal(Self.event, signature: "") == .signatureMissing)
        #expect(refusal(Self.event, signature: Self.arrayCode) == .signatureInvalid)
        #expect(refusal(Self.event.replacing("1.0", with: "1"), signature: Self.eventCode) == .signatureInvalid)
        #expect(refusal("not json", signature: Self.eventCode) == .signatureInvalid)
    }

    @Test("An array may be signed by its first element or as a whole")
    func arrays() {
        #expect(refusal(Self.array, signature: Self.eventCode) == nil)
        #expect(refusal(Self.array, signature: Self.arrayCode) == nil)
        #expect(refusal(" [" + Self.event + "]", signature: Self.eventCode) == nil)
        #expect(refusal("[7," + Self.event + "]", signature: Self.eventCode) == .signatureInvalid)
        #expect(refusal("[]", signature: Self.eventCode) == .signatureInvalid)
        #expect(refusal("[", signature: Self.eventCode) == .notJSON)
    }

    @Test("A gzip body is signed by what it holds")
    func gzip() throws {
        let facts = RequestFacts(receivedAt: now, signature: Self.eventCode, webhookSecret: WebhookSecret("shhh"))
        let batch = try read(Gzip.member(Self.event), route: .webhook(source: "s"), facts: facts)
        #expect(batch.events.count == 1)
    }

    @Test("Without a secret no signature is asked for, and other routes never ask")
    func optional() throws {
        #expect(WebhookSecret("") == nil)
        #expect(try read(Self.event, route: .webhook(source: "s")).events.count == 1)
        let facts = RequestFacts(receivedAt: now, signature: "bad", webhookSecret: WebhookSecret("shhh"))
        #expect(try read(Self.event, route: .partner(source: "s"), facts: facts).events.count == 1)
    }
}
