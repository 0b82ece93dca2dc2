import Testing

@testable import Segment

struct BodyFormTests {
    private static let text = #"{"userId":"u1","event":"E","messageId":"m"}"#
    private static let raw = Array(Gzip.deflated.dropFirst(10).dropLast(8))
    private static let zlib: [UInt8] = [0x78, 0xda] + raw + Gzip.bytes("22980d0f")

    private func facts(_ contentEncoding: String?) -> RequestFacts {
        RequestFacts(receivedAt: now, contentEncoding: contentEncoding)
    }

    private func message(_ body: [UInt8], _ contentEncoding: String? = nil) -> String? {
        do {
            _ = try read(body, route: .event(.track), facts: facts(contentEncoding))
            return nil
        } catch {
            return error.message
        }
    }

    @Test("Deflate is read, with its wrapper by its bytes, without by the header")
    func deflate() throws {
        for contentEncoding in [nil, "deflate", "gzip", "identity"] {
            let batch = try read(Self.zlib, route: .event(.track), facts: facts(contentEncoding))
            #expect(batch.events.map(\.messageId) == ["m"])
        }
        for contentEncoding in ["deflate", "DEFLATE", "deflate, gzip"] {
            let batch = try read(Self.raw, route: .event(.track), facts: facts(contentEncoding))
            #expect(batch.events.map(\.messageId) == ["m"])
        }
        // A header that says deflate of text, as some proxies leave it.
        #expect(try read(Array(Self.text.utf8), route: .event(.track), facts: facts("deflate")).events.count == 1)
        #expect(try read(Gzip.deflated, route: .event(.track), facts: facts("deflate")).events.count == 1)
        #expect(try read("[\(Self.text)]", route: .event(.track), facts: facts("deflate")).events.count == 1)
    }

    @Test("Damaged deflate is refused, wherever it is cut, and the bound on what comes out holds")
    func damagedDeflate() {
        for count in 2..<Self.zlib.count {
            let body = Array(Self.zlib.prefix(count))
            #expect(refusal(body, facts: facts("deflate")) == .badDeflate)
        }
        #expect(refusal(Self.zlib + [1], facts: facts(nil)) == .badDeflate)
        #expect(refusal(Self.raw + [1], facts: facts("deflate")) == .badDeflate)
        var limits = SegmentLimits()
        limits.batchBytes = 42
        #expect(refusal(Self.zlib, facts: facts(nil), limits: limits) == .bodyTooLarge)
        #expect(refusal(Self.raw, facts: facts("deflate"), limits: limits) == .bodyTooLarge)
        // 32,768 blanks: a bomb without gzip's wrapper.
        let bomb = Array(Gzip.blanks.dropFirst(10).dropLast(8))
        limits.batchBytes = 32_767
        #expect(refusal(bomb, facts: facts("deflate"), limits: limits) == .bodyTooLarge)
    }

    @Test("A message names the cause, not the byte that the parser stumbled over")
    func causes() {
        // All of it is ASCII.
        let bytes = Array(Self.text.utf8)
        let wide: [UInt8] = bytes.flatMap { [$0, 0] }
        let wideBig: [UInt8] = bytes.flatMap { [0, $0] }
        let widest: [UInt8] = bytes.flatMap { [$0, 0, 0, 0] }
        for body in [wide, [0xff, 0xfe] + wide, wideBig, [0xfe, 0xff] + wideBig] {
            #expect(message(body)?.contains("UTF-16") == true)
        }
        #expect(message(widest)?.contains("UTF-32") == true)
        #expect(message([0xff, 0xfe, 0, 0] + widest)?.contains("UTF-32") == true)

        let padded = Array(Self.text.utf8) + [0, 0, 0]
        #expect(message(padded)?.contains("NUL bytes (3)") == true)
        #expect(message(Gzip.deflated + [0])?.contains("NUL bytes (1)") == true)
        #expect(message(Self.zlib + [0, 0])?.contains("NUL bytes (2)") == true)
        // NULs in the middle are no padding.
        #expect(message(Array(Self.text.utf8) + [0, 0x7b])?.contains("NUL bytes") == false)

        #expect(message([0x28, 0xb5, 0x2f, 0xfd, 0, 1])?.contains("Zstandard") == true)
        #expect(message([0x1b, 0x10, 0, 0xf8], "br")?.contains("Brotli") == true)
        #expect(message(Array("data=%7B%7D&x=1".utf8))?.contains("form") == true)
        #expect(message(Array("{\"a\":}".utf8), "br")?.contains("Brotli") == true)
        // What none of these is keeps the parser's words.
        #expect(message(Array("{\"a\":}".utf8))?.hasPrefix("The body is not JSON: ") == true)
    }

    @Test("A key with a line feed is told apart from no key")
    func keys() throws {
        // printf 'key\n:' | base64
        for header in ["Basic a2V5Cjo=", "Basic a2V5Cg=="] {
            #expect(Authorization.parse(header) == .controlCharacters)
            let facts = RequestFacts(authorization: header, receivedAt: now)
            let batch = try read(Self.text, route: .event(.track), facts: facts)
            #expect(batch.writeKey == nil && batch.writeKeyHasControlCharacters)
        }
        let inBody = try read(#"{"userId":"u","event":"E","writeKey":"key\n"}"#, route: .event(.track))
        #expect(inBody.writeKey == nil && inBody.writeKeyHasControlCharacters)
        #expect(try !read(Self.text, route: .event(.track)).writeKeyHasControlCharacters)
        // A good key in the body helps a bad one in the header.
        let facts = RequestFacts(authorization: "Basic a2V5Cjo=", receivedAt: now)
        let both = try read(#"{"userId":"u","event":"E","writeKey":"key"}"#, route: .event(.track), facts: facts)
        #expect(both.writeKey == WriteKey("key") && !both.writeKeyHasControlCharacters)
    }
}
