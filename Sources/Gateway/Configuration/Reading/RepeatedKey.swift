import Yams

/// The second place of a key that stands twice in one block of a YAML text, and the text without it. A value.
struct RepeatedKey {
    /// From 1.
    let line: Int
    /// The text with the second entry's lines empty, so that all other lines keep their numbers.
    let blankedText: String

    /// Looks for the key below its first place, in the same column, before the block ends; nil when it is not there, as
    /// in maps that are written on one line.
    init?(_ key: String, after first: Mark, in text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let indentation = first.column - 1
        guard
            let index = lines.indices.first(where: { index in
                index >= first.line && Self.opens(lines[index], key: key, indentation: indentation)
            }),
            !lines[first.line..<index].contains(where: { Self.indentation(of: $0).map { $0 < indentation } ?? false })
        else { return nil }
        var end = index + 1
        while end < lines.count, Self.indentation(of: lines[end]).map({ $0 > indentation }) ?? true { end += 1 }
        for index in index..<end { lines[index] = "" }
        self.line = index + 1
        self.blankedText = lines.joined(separator: "\n")
    }

    private static func opens(_ line: String, key: String, indentation: Int) -> Bool {
        guard self.indentation(of: line) == indentation else { return false }
        let text = line.dropFirst(indentation)
        return [key, "\"\(key)\"", "'\(key)'"].contains { spelling in
            text.hasPrefix(spelling) && text.dropFirst(spelling.count).drop { $0 == " " }.first == ":"
        }
    }

    /// Blanks in front; nil for empty lines and comments.
    private static func indentation(of line: String) -> Int? {
        guard let first = line.firstIndex(where: { $0 != " " }), line[first] != "#", line[first] != "\r" else {
            return nil
        }
        return line.distance(from: line.startIndex, to: first)
    }
}
