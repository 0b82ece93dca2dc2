/// Some words with a meaning: `account manager`, `entwickl*`, `*leiter`.
///
/// A star stands for the rest of a word, at its end or at its beginning. A value; any thread.
struct Phrase<Meaning: Sendable>: Sendable {
    let words: [String]
    let meaning: Meaning
    /// Which of several phrases decides: the greatest.
    let strength: Int

    init(_ text: String, _ meaning: Meaning, strength: Int) {
        // Folded as titles are: й is и there.
        self.words = TitleWords.folded(text).split(separator: " ").map(String.init)
        self.meaning = meaning
        self.strength = strength
    }

    /// Where it stands in a title; nil: nowhere.
    func range(in title: [TitleWords.Word]) -> Range<Int>? {
        guard !self.words.isEmpty, title.count >= self.words.count else { return nil }
        for start in 0...(title.count - self.words.count)
        where zip(self.words, title[start...]).allSatisfy({ Self.matches($0, $1.folded) }) {
            return start..<start + self.words.count
        }
        return nil
    }

    private static func matches(_ pattern: String, _ word: String) -> Bool {
        if pattern.hasSuffix("*") { return word.hasPrefix(pattern.dropLast()) }
        if pattern.hasPrefix("*") { return word.hasSuffix(pattern.dropFirst()) && word.count > pattern.count - 1 }
        return word == pattern
    }
}
