import Foundation

/// Names of companies as people write them.
///
/// The names that mean no company are read once, at the first question; any thread.
package enum CompanyName {
    /// Characters of a name that are read: no company's is longer.
    private static let maximumCharacters = 300

    /// One spelling: lower-case, single spaces, without what stands between words and abbreviates them. `Acme, Inc.`,
    /// `ACME Inc` and `Acme  Inc.` are one company, `AT&T` and `ATT` are two.
    ///
    /// - Returns: nil for a name without a letter or a digit, and for one that means no company.
    package static func folded(_ name: String) -> String? {
        let words = self.words(name, folding: [.caseInsensitive, .widthInsensitive])
        // ASCII has no diacritics: the words are those that are compared.
        let isNone = Self.isASCII(name) ? self.meansNone(name, words: words) : self.meansNone(name)
        return words.isEmpty || isNone ? nil : words.joined(separator: " ")
    }

    /// Whether it is one of the words for having none: `N/A`, `null`, `Freelance`, `selbstständig`, `à mon compte`.
    package static func meansNone(_ name: String) -> Bool {
        self.meansNone(
            name,
            words: self.words(name, folding: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive])
        )
    }

    private static func meansNone(_ name: String, words: [String]) -> Bool {
        guard let first = words.first else { return true }
        // `0`, `000`, `-1`, `0x0`; `3M` and `1&1` are companies.
        if words.allSatisfy({ $0.allSatisfy { $0 == "0" } }) || (words == ["1"] && name.contains("-")) { return true }
        if first.hasPrefix("0x"), words.count == 1, first.dropFirst(2).allSatisfy({ $0 == "0" }) { return true }
        // What a template should have filled in.
        if name.utf8.contains(where: { Self.templateBytes.contains($0) }),
            Self.templates.contains(where: { name.contains($0) })
        {
            return true
        }
        if Self.table.names.contains(words.joined(separator: " ")) { return true }
        // `Freelance designer`, `Self-employed (translator)`, `Autónomo - fotógrafa`.
        for count in stride(from: min(words.count - 1, Self.table.longestStatus), through: 1, by: -1)
        where Self.table.statuses.contains(words.prefix(count).joined(separator: " ")) {
            let rest = words.dropFirst(count)
            return rest.allSatisfy { word in Self.professions.contains { word.hasPrefix($0) } }
                || Self.isSetApart(name, words: count)
        }
        return false
    }

    /// Without the words for the legal form, to compare with the name in a domain: `Acme Software GmbH & Co. KG` is
    /// `acmesoftware`.
    package static func core(_ name: String) -> String {
        var words = self.words(name, folding: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive])
        if words.first == "the" { words.removeFirst() }
        while words.count > 1, let last = words.last, Self.legalForms.contains(last) { words.removeLast() }
        return words.joined()
    }

    // MARK: Words

    /// The words of a name; a dot inside an abbreviation joins (`S.A.` is `sa`), an apostrophe too.
    private static func words(_ name: String, folding: String.CompareOptions) -> [String] {
        if self.isASCII(name) { return self.words(ascii: name) }
        let scalars = name.unicodeScalars.prefix(self.maximumCharacters)
        let text = String(String.UnicodeScalarView(scalars)).folding(options: folding, locale: nil)
            .replacing("ł", with: "l").replacing("ø", with: "o").replacing("ß", with: "ss")
        var words: [String] = []
        var word = String.UnicodeScalarView()
        for scalar in text.lowercased().unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || scalar.properties.generalCategory == .nonspacingMark || Self.joining.contains(scalar)
            {
                word.append(scalar)
            } else if scalar != ".", scalar != "'", scalar != "’", !word.isEmpty {
                words.append(String(word))
                word.removeAll()
            }
        }
        if !word.isEmpty { words.append(String(word)) }
        return words.filter { $0.unicodeScalars.contains { !Self.joining.contains($0) } }
    }

    private static func isASCII(_ name: String) -> Bool { name.utf8.allSatisfy { $0 < 0x80 } }

    /// The same for most names there are, in one pass over their bytes.
    private static func words(ascii name: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var hasLetter = false
        func end() {
            if hasLetter { words.append(String(decoding: word, as: UTF8.self)) }
            word.removeAll(keepingCapacity: true)
            hasLetter = false
        }
        for byte in name.utf8.prefix(self.maximumCharacters) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                word.append(byte)
                hasLetter = true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                word.append(byte | 0x20)
                hasLetter = true
            case UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "$"): word.append(byte)
            case UInt8(ascii: "."), UInt8(ascii: "'"): continue
            default: end()
            }
        }
        end()
        return words
    }

    /// Part of a name, not of its punctuation.
    private static let joining: Set<Unicode.Scalar> = ["&", "+", "#", "$"]

    /// Whether punctuation stands behind the first words: what follows is an explanation.
    private static func isSetApart(_ name: String, words count: Int) -> Bool {
        var seen = 0
        var isInWord = false
        for character in name {
            if character.isLetter || character.isNumber {
                if seen == count, !isInWord { return false }
                isInWord = true
            } else {
                if isInWord { seen += 1 }
                isInWord = false
                if seen == count, "(/|,;:–—[".contains(character) { return true }
            }
        }
        return false
    }

    private static let templateBytes = Array("{}$<[%".utf8)
    private static let templates = ["{{", "}}", "${", "<%", "[object", "%COMPANY", "%company"]

    /// Beginnings of the words for what somebody who works alone does.
    private static let professions = [
        "accountant", "animator", "architect", "artist", "author", "berat", "blogger", "business", "coach", "consult",
        "content", "contract", "copy", "creative", "creator", "data", "design", "desarroll", "develop", "developp",
        "digital", "disen", "editor", "engineer", "entrepreneur", "entwickl", "film", "fotogr", "full", "freelance",
        "game", "grafi", "graphi", "illustrat", "ingeni", "it", "journalist", "lawyer", "market", "model", "motion",
        "musician", "online", "person", "photo", "professional", "program", "project", "redact", "redakt", "seo",
        "software", "stack", "teacher", "trad", "train", "translat", "tutor", "ubersetz", "ui", "ux", "video", "web",
        "work", "writ", "and", "und", "et", "y", "e",
    ]

    private static let legalForms: Set<String> = [
        "inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "lp", "ltd", "limited", "plc",
        "pllc", "pc", "pbc", "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "haftungsbeschrankt", "ev", "eg",
        "eu", "se", "sa", "sas", "sasu", "sarl", "eurl", "sci", "scop", "snc", "spa", "srl", "srls", "sapa", "sl",
        "slu", "sau", "sc", "cv", "bv", "nv", "vof", "cvba", "bvba", "sprl", "asbl", "ab", "hb", "as", "asa", "aps",
        "oy", "oyj", "ky", "sp", "zoo", "z", "o", "spzoo", "sro", "doo", "dd", "ad", "ood", "eood", "kft", "zrt",
        "nyrt", "bt", "oao", "ooo", "zao", "pao", "ооо", "оао", "зао", "пао", "ltda", "eireli", "me", "sadecv", "de",
        "pty", "pte", "sdn", "bhd", "pvt", "private", "kk", "kabushiki", "kaisha", "株式会社", "有限会社", "주식회사", "holding",
        "holdings", "group", "gruppe", "groupe", "grupo", "international", "&", "and", "und", "et", "y",
    ]

    // MARK: The names that mean none

    private struct Table: Sendable {
        var names: Set<String> = []
        /// Those that a profession may follow.
        var statuses: Set<String> = []
        var longestStatus = 1
    }

    private static let table: Table = {
        var table = Table()
        for line in PackageResources.names_of_no_company_txt.split(separator: UInt8(ascii: "\n"))
        where line.first != UInt8(ascii: "#") {
            let isStatus = line.first == UInt8(ascii: "+")
            let text = String(decoding: isStatus ? line.dropFirst() : line, as: UTF8.self)
            let words = Self.words(text, folding: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive])
            let name = words.joined(separator: " ")
            table.names.insert(name)
            if isStatus {
                table.statuses.insert(name)
                table.longestStatus = max(table.longestStatus, words.count)
            }
        }
        return table
    }()
}
