/// Phrases with a meaning, found in a title without trying each of them.
///
/// A value; any thread.
struct PhraseIndex<Meaning: Sendable>: Sendable {
    /// Where a phrase stands.
    struct Match {
        let phrase: Phrase<Meaning>
        let range: Range<Int>
    }

    /// Letters by which beginnings are looked up.
    private static var letters: Int { 3 }

    /// By their first word, which has no star.
    private var whole: [String: [Phrase<Meaning>]] = [:]
    /// By the first letters of their first word, which ends with a star.
    private var beginnings: [Substring: [Phrase<Meaning>]] = [:]
    /// The first word is shorter than those letters, or begins with a star.
    private var others: [Phrase<Meaning>] = []

    init(_ phrases: [Phrase<Meaning>]) {
        for phrase in phrases {
            guard let first = phrase.words.first else { continue }
            if !first.contains("*") {
                self.whole[first, default: []].append(phrase)
            } else if first.hasSuffix("*"), first.count > Self.letters {
                self.beginnings[first.prefix(Self.letters), default: []].append(phrase)
            } else {
                self.others.append(phrase)
            }
        }
    }

    /// All phrases of a title, wherever they stand.
    func matches(in title: [TitleWords.Word]) -> [Match] {
        var found: [Match] = []
        for place in title.indices {
            let word = title[place].folded
            for phrases in [self.whole[word], self.beginnings[word.prefix(Self.letters)], self.others] {
                for phrase in phrases ?? [] where phrase.stands(at: place, in: title) {
                    found.append(Match(phrase: phrase, range: place..<place + phrase.words.count))
                }
            }
        }
        return found
    }
}
