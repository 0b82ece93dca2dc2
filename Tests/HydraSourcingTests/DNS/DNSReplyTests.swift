import Testing

@testable import HydraSourcing

/// Answers from the network are read or refused, never trusted.
@Suite struct DNSReplyTests {
    /// Answers to questions about `a.example`: an MX record, a TXT record, an A and an AAAA record behind an alias.
    private static let answers: [[UInt8]] = {
        let header: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]
        let name: [UInt8] = [1, 0x61, 7] + Array("example".utf8) + [0]
        func answer(_ type: UInt8, _ data: [UInt8]) -> [UInt8] {
            let record: [UInt8] = [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
            let alias: [UInt8] = [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, 12]
            return header + name + [0, type, 0, 1] + alias + record
        }
        return [
            answer(15, [0, 10, 4] + Array("mail".utf8) + [0xc0, 12]), answer(16, [5] + Array("hello".utf8)),
            answer(1, [192, 0, 2, 1]), answer(28, [UInt8](repeating: 0x20, count: 16)),
        ]
    }()

    @Test func wholeAnswersAreRead() throws {
        #expect(try DNSReply.mailServers(Self.answers[0]) == [MailServer(host: "mail.a.example", preference: 10)])
        #expect(try DNSReply.texts(Self.answers[1]) == ["hello"])
        #expect(try DNSReply.addresses4(Self.answers[2]).map(\.description) == ["192.0.2.1"])
        #expect(
            try DNSReply.addresses6(Self.answers[3]).map(\.description) == ["2020:2020:2020:2020:2020:2020:2020:2020"]
        )
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func damagedAnswersAreReadOrRefused(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<2_000 {
            for answer in Self.answers {
                let bytes = generator.damaged(answer)
                do throws(DNSError) {
                    #expect(try DNSReply.mailServers(bytes).count <= 200)
                    #expect(try DNSReply.texts(bytes).count <= 200)
                    #expect(try DNSReply.addresses4(bytes).count <= 4_096)
                    #expect(try DNSReply.addresses6(bytes).count <= 4_096)
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 0)
    }

    @Test func aNameThatPointsToItselfIsRefused() {
        var bytes = Self.answers[0]
        bytes.replaceSubrange((bytes.count - 2)..., with: [0xc0, UInt8(bytes.count - 2)])
        #expect(throws: DNSError.malformed) { try DNSReply.mailServers(bytes) }
    }
}
