import GRDB

/// What `q` searches in: lower-cased parts, one a line, so that no match runs from one part into the next.
enum SearchText {
    static func value(_ parts: [String?]) -> any DatabaseValueConvertible {
        SQLText.value(parts.compactMap { $0.map { self.folded($0) } }.joined(separator: "\n"))
    }

    /// Characters of a sort key: it travels in cursors.
    private static let sortScalars = 100

    /// What a record is sorted by: the first part that is there.
    static func sortKey(_ parts: [String?]) -> any DatabaseValueConvertible {
        let text = self.folded(parts.lazy.compactMap(\.self).first { !$0.isEmpty } ?? "")
        return SQLText.value(String(String.UnicodeScalarView(text.unicodeScalars.prefix(self.sortScalars))))
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
