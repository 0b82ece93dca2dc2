import Foundation

/// A job title taken apart into words.
///
/// A value; any thread.
struct TitleWords: Sendable {
    /// Characters of a title that are read: nobody's title is longer.
    private static let maximumCharacters = 300

    struct Word: Sendable {
        /// As the title spells it.
        let spelling: String
        /// Lower-case, without diacritics.
        let folded: String
        /// Which part of the title it is in: parts are divided by commas, slashes, bars and dashes.
        let part: Int
    }

    let words: [Word]
    /// The whole title, folded: for languages that write without spaces.
    let text: String

    /// What stands behind these is an employer.
    private static let employerWords: Set<String> = ["at", "bei", "chez", "@"]

    /// Who stands before one of the second words works for somebody else, who follows.
    private static let assisting: Set<String> = [
        "assistant", "assistante", "assistent", "assistentin", "assistenz", "asistente", "assistente", "ea", "pa",
        "advisor", "adviser", "aide", "secretary", "counselor",
    ]
    private static let assisted: Set<String> = ["to", "der", "des", "for", "zur", "zum"]

    init(_ title: String) {
        let cut = String(String.UnicodeScalarView(title.unicodeScalars.prefix(Self.maximumCharacters)))
        self.text = Self.folded(cut)
        var words: [Word] = []
        var word = String.UnicodeScalarView()
        var part = 0
        func end() {
            guard !word.isEmpty else { return }
            let spelling = String(word)
            words.append(Word(spelling: spelling, folded: Self.folded(spelling), part: part))
            word.removeAll()
        }
        let scalars = Array(cut.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            // `C.T.O.`, `V.P.`, `RR.HH.`: a dot behind a few capitals joins what follows.
            case "." where Self.isAbbreviated(word) && (index + 1 == scalars.count || scalars[index + 1] != " "):
                continue
            case "@":
                end()
                words.append(Word(spelling: "@", folded: "@", part: part))
            case ",", "/", "|", ";", ":", "–", "—", "•", "·", "(", ")":
                end()
                part += 1
            default:
                if scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar.properties.generalCategory == .nonspacingMark
                {
                    word.append(scalar)
                } else {
                    end()
                }
            }
        }
        end()
        if let employer = words.dropFirst().firstIndex(where: { Self.employerWords.contains($0.folded) }) {
            words.removeSubrange(employer...)
        }
        self.words = Self.withoutAssisted(words)
    }

    private static func isAbbreviated(_ word: String.UnicodeScalarView) -> Bool {
        (1...4).contains(word.count) && word.allSatisfy { $0.properties.isUppercase }
    }

    /// In `Assistant to the CEO` the CEO is somebody else.
    private static func withoutAssisted(_ words: [Word]) -> [Word] {
        guard let assistant = words.firstIndex(where: { Self.assisting.contains($0.folded) }),
            let to = words[assistant...].firstIndex(where: { Self.assisted.contains($0.folded) })
        else { return words }
        return Array(words[..<to])
    }

    /// Without case and diacritics.
    static func folded(_ text: String) -> String {
        text.replacing("ı", with: "i").replacing("ß", with: "ss").replacing("ł", with: "l").replacing("Ł", with: "l")
            .folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    }
}
