import GRDB

/// What `q` searches in: lower-cased parts, one a line, so that no match runs from one part into the next.
enum SearchText {
    static func value(_ parts: [String?]) -> any DatabaseValueConvertible {
        SQLText.value(parts.compactMap { $0.map { self.folded($0) } }.joined(separator: "\n"))
    }

    /// A NUL would end SQLite's text, a line break is the separator: both become spaces.
    static func folded(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.lowercased().unicodeScalars.map { "\0\n".unicodeScalars.contains($0) ? " " : $0 }
            )
        )
    }
}
