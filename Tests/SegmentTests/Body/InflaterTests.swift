import Testing

@testable import Segment

struct InflaterTests {
    @Test("One inflater decompresses body after body, good and bad")
    func reuse() throws {
        let inflater = Inflater()
        for _ in 0..<3 {
            #expect(try inflater.inflate(Gzip.deflated, limit: 100).count == 43)
            #expect(throws: Inflater.Failure.damaged) { try inflater.inflate([0x1f, 0x8b], limit: 100) }
            #expect(throws: Inflater.Failure.tooLarge) { try inflater.inflate(Gzip.blanks, limit: 100) }
            #expect(try inflater.inflate(Gzip.blanks, limit: 32_768).count == 32_768)
        }
    }

    @Test("The limit is exact, over one member and over many")
    func limit() throws {
        let body = Gzip.member("12345") + Gzip.member("") + Gzip.member("678")
        #expect(try Inflater().inflate(body, limit: 8) == Array("12345678".utf8))
        #expect(throws: Inflater.Failure.tooLarge) { try Inflater().inflate(body, limit: 7) }
        #expect(throws: Inflater.Failure.tooLarge) { try Inflater().inflate(body, limit: 0) }
        #expect(try Inflater().inflate(Gzip.member(""), limit: 0).isEmpty)
    }

    @Test("Large bodies come out whole")
    func large() throws {
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let members = stride(from: 0, to: content.count, by: 60_000).map {
            Gzip.member(Array(content[$0..<min($0 + 60_000, content.count)]))
        }
        #expect(try Inflater().inflate(members.flatMap { $0 }, limit: 1 << 20) == content)
    }

    @Test("A member cut anywhere is damaged")
    func truncation() {
        let inflater = Inflater()
        for count in 2..<Gzip.deflated.count {
            #expect(throws: Inflater.Failure.damaged) {
                try inflater.inflate(Array(Gzip.deflated.prefix(count)), limit: 1_000)
            }
        }
    }

    @Test("A changed byte is damaged or changes nothing but the header")
    func corruption() {
        let inflater = Inflater()
        for index in 10..<Gzip.deflated.count {
            var body = Gzip.deflated
            body[index] ^= 0x10
            #expect(throws: Inflater.Failure.damaged) { try inflater.inflate(body, limit: 100_000) }
        }
    }
}
