import Testing

@testable import Telemetry

@Suite struct TerminalTextTests {
    /// Characters that no line may send to a terminal.
    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: false
            default: true
            }
        }
    }

    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("Ä 漢字 😀 é", "Ä 漢字 😀 é"),
        ("\u{1b}]0;owned\u{7}", "\\u{1b}]0;owned\\u{7}"), ("\u{1b}[31mFAKE\u{1b}[0m", "\\u{1b}[31mFAKE\\u{1b}[0m"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"), ("a\r\nb", "a\\r\\nb"), ("\u{9b}2J", "\\u{9b}2J"), ("\u{7f}", "\\u{7f}"),
        ("\u{0}", "\\u{0}"), ("a\u{202e}b\u{2066}c", "a\\u{202e}b\\u{2066}c"), ("a\u{2028}b", "a\\u{2028}b"),
        ("a\u{200b}b", "a\\u{200b}b"), ("\u{e000}", "\\u{e000}"),
    ])
    func aLineMovesNoCursor(text: String, expected: String) {
        #expect(TerminalText.line(text) == expected)
        #expect(self.isHarmless(TerminalText.line(text)))
    }

    @Test func noCharacterAtAllGetsThrough() {
        for value in UInt32(0)...0x2fff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(self.isHarmless(TerminalText.line("a\(String(scalar))b")), "U+\(String(value, radix: 16))")
        }
    }

    @Test(arguments: [
        ("12345", 5, "12345"), ("123456", 5, "1234…"), ("漢字漢字", 5, "漢字…"), ("漢字漢字", 4, "漢…"),
        ("\u{1b}\u{1b}", 8, "\\u{1b}…"),
        ("a", 1, "a"), ("ab", 1, "…"), ("", 1, ""),
    ])
    func columnsBoundALine(text: String, columns: Int, expected: String) {
        #expect(TerminalText.line(text, columns: columns) == expected)
        #expect(TerminalText.width(TerminalText.line(text, columns: columns)) <= columns)
    }

    @Test func marksDoNotPileUp() {
        let piled = "a" + String(repeating: "\u{301}", count: 1_000)
        #expect(TerminalText.line(piled, columns: 20).unicodeScalars.count < 30)
        #expect(TerminalText.line("e\u{302}\u{301}") == "e\u{302}\u{301}")
    }

    @Test func linesKeepTheirFeedsAndNothingElse() {
        #expect(TerminalText.lines("a\nb\u{1b}\n") == "a\nb\\u{1b}\n")
        #expect(TerminalText.lines("a\r\nb") == "a\\r\nb")
    }

    @Test func jsonMeansTheSameAndMovesNoCursor() {
        #expect(TerminalText.json("{\"a\":\"\u{9b}2J\u{7f}\u{202e}ä\"}") == #"{"a":"\u009b2J\u007f\u202eä"}"#)
        #expect(TerminalText.json("\"\u{e0001}\"") == #""\udb40\udc01""#)
        #expect(TerminalText.json("{\n}") == "{\n}")
    }

    @Test func aTableIsAsWideAsItsCellsWithinBounds() {
        let forged = "m\n7  2026-01-01T00:00:00Z  demo  track  forged-row"
        let lines = TextTable.lines(["id", "message id", "reason"], [["1", forged, "x"], ["2", "漢字", "y"]])
        #expect(lines.count == 3)
        #expect(lines[1].contains("\\n7"))
        // Wide letters take two columns each.
        #expect(TerminalText.width(lines[1]) == TerminalText.width(lines[2]))
        let long = TextTable.lines(
            ["id", "reason"],
            [[String(repeating: "m", count: 3_000), String(repeating: "r", count: 3_000)]]
        )
        #expect(long.allSatisfy { TerminalText.width($0) <= 64 + 2 + 200 })
        #expect(TextTable.lines(["a"], []) == ["a", "(none)"])
    }
}
