import Hydra
import JSON
import Spool
import Testing

@testable import Gateway

/// What strangers chose must not reach a terminal as it is: message ids, and what Hydra answered.
@Suite struct DeadLetterReportTests {
    private static let hostile =
        "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31mLOST\n7  2026-01-01T00:00:00Z  demo  track  forged-row"

    private func letter(messageId: String) -> DeadLetter {
        DeadLetter(
            call: StoredCall(
                id: 7,
                source: "web",
                kind: CallKind.track.rawValue,
                lane: 1,
                messageId: messageId,
                traceId: "t",
                receivedAt: 1_000,
                body: Array("{\"a\":\"\u{9b}2J\",\n\"b\":1}".utf8),
                attempts: 1
            ),
            reason: DeadReason(
                code: "c",
                status: 400,
                message: Self.hostile,
                answer: Self.hostile,
                attempts: 1,
                at: 2_000
            )
        )
    }

    private func movesNoCursor(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && !(0x7f...0x9f).contains($0.value)) }
    }

    @Test func aTableHasOneRowForEachAndMovesNoCursor() {
        let text = DeadLetterReport([self.letter(messageId: Self.hostile), self.letter(messageId: "m")]).text
        #expect(self.movesNoCursor(text))
        #expect(text.split(separator: "\n").count == 3)
        let long = DeadLetterReport([self.letter(messageId: String(repeating: "m", count: 3_000))]).text
        #expect(long.split(separator: "\n").allSatisfy { $0.count < 500 })
    }

    @Test func detailsHaveOneLineForEachMember() {
        let text = DeadLetterReport.details(self.letter(messageId: Self.hostile))
        #expect(self.movesNoCursor(text))
        #expect(text.split(separator: "\n").count == 11)
    }

    @Test func jsonMeansTheSame() throws {
        let json = DeadLetterReport([self.letter(messageId: Self.hostile)]).json
        #expect(self.movesNoCursor(json))
        let root = try JSONParser().parse(Array(json.utf8)).root
        #expect(root.elements.first { _ in true }?["messageId"]?.string == Self.hostile)
    }
}
