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

    /// Of two at one place the longer says more: `personalentw*` before `*entwicklung`.
    var length: Int { self.words.reduce(0) { $0 + $1.utf8.count } }

    /// Where it stands in a title; nil: nowhere.
    func range(in title: [TitleWords.Word]) -> Range<Int>? {
        guard !self.words.isEmpty, title.count >= self.words.count else { return nil }
        for start in 0...(title.count - self.words.count) where self.stands(at: start, in: title) {
            return start..<start + self.words.count
        }
        return nil
    }

    func stands(at place: Int, in title: [TitleWords.Word]) -> Bool {
        title.count - place >= self.words.count
            && zip(self.words, title[place...]).allSatisfy { Self.matches($0, $1.folded) }
    }

    /// Whether it is one word and this is it.
    func matches(_ word: String) -> Bool {
        self.words.count == 1 && Self.matches(self.words[0], word)
    }

    private static func matches(_ pattern: String, _ word: String) -> Bool {
        if pattern.hasSuffix("*") { return word.hasPrefix(pattern.dropLast()) }
        if pattern.hasPrefix("*") { return word.hasSuffix(pattern.dropFirst()) && word.count > pattern.count - 1 }
        return word == pattern
    }
}
