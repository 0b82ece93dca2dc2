/// Text from elsewhere, made fit for a terminal.
///
/// Whoever has a write key chooses message ids, and a destination its answers: printed as they are they could move the
/// cursor, forge rows, or set the window's title. Every table, detail and progress line goes through here. Stateless; any
/// thread.
package enum TerminalText {
    /// One line: whatever is not a visible character or a blank is written as its escape (`\n`, `\u{1b}`).
    ///
    /// Escaped are the control characters of both ranges, line and paragraph separators, everything that turns the
    /// direction of writing or has no width (U+202E, U+200B), private characters, and more than a few marks on one letter.
    ///
    /// - Parameter columns: a longer text is cut, and ends with `…`.
    package static func line(_ text: String, columns: Int = .max) -> String {
        var line = ""
        var width = 0
        // Where the text would have to end if it turned out to be too long.
        var cut = (text: "", isKnown: false)
        var marks = 0
        for scalar in text.unicodeScalars {
            let isMark = self.isMark(scalar)
            marks = isMark ? marks + 1 : 0
            let isEscaped = !self.isVisible(scalar) || marks > self.mostMarks
            let piece = isEscaped ? self.escape(scalar) : String(scalar)
            let columnsMore = isEscaped ? piece.utf8.count : self.columns(of: scalar)
            if columnsMore > 0, !cut.isKnown, width + columnsMore > columns - 1 { cut = (line, true) }
            width += columnsMore
            guard width <= columns else { return cut.text + "…" }
            line.unicodeScalars.append(contentsOf: piece.unicodeScalars)
        }
        return line
    }

    /// Several lines: as ``line(_:columns:)``, but line feeds stay. For text whose parts went through that, and for
    /// messages of our own.
    package static func lines(_ text: String) -> String {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { self.line(String(Substring($0))) }.joined(separator: "\n")
    }

    /// JSON text that means the same and moves no cursor: what ``line(_:columns:)`` would escape of the characters that
    /// JSON lets stand is written as `\uXXXX`. Such characters stand in strings alone.
    package static func json(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value >= 0x7f && !self.isVisible($0) }) else { return text }
        var json = ""
        for scalar in text.unicodeScalars {
            guard scalar.value >= 0x7f, !self.isVisible(scalar) else {
                json.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }
        }
        return json
    }

    /// The columns that a line takes: two for the wide letters of East Asia and for pictures, none for marks.
    package static func width(_ line: String) -> Int {
        line.unicodeScalars.reduce(0) { $0 + self.columns(of: $1) }
    }

    /// Marks on one letter that are shown; Vietnamese and Hebrew need three.
    private static let mostMarks = 4

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20...0x7e).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        default: return true
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        if self.isMark(scalar) { return 0 }
        switch scalar.value {
        // East Asian Wide and Fullwidth (Unicode's EastAsianWidth.txt, in runs).
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff01...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1faff,
            0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }
}
