/// Reads job titles: `Sr. SWE`, `Head of Growth`, `CTO & co-founder`, `Leiterin Vertrieb`, `VP of Happiness`.
///
/// Rules, not a model, so that each answer can say which words decided. The function: phrases before words, words before
/// weak words (`operations`), then the earlier part of the title, then the earlier word. The seniority: the first of the
/// levels whose words are there. Parts behind `at` or `@` are an employer. A value; any thread.
package struct RoleReader: Sendable {
    private struct Own: Sendable {
        let words: Phrase<Void>
        let rule: RoleRule
    }

    private let own: [Own]

    /// - Parameter additional: rules of somebody's own, which decide first, in their order.
    package init(additional: [RoleRule] = []) {
        self.own = additional.map { rule in
            let words = TitleWords(rule.words).words.map(\.folded).joined(separator: " ")
            return Own(words: Phrase(words, (), strength: 0), rule: rule)
        }
    }

    /// - Returns: nil for an empty title; ``JobFunction/other`` for one that says nothing.
    package func read(_ title: String) -> Role? {
        guard title.contains(where: { !$0.isWhitespace }) else { return nil }
        let words = TitleWords(title)
        var role = Role(function: .other, seniority: nil)
        var evidence: [(place: Int, evidence: RoleEvidence)] = []

        var function = self.ownRule(words, \.function)
        if function == nil { function = Self.function(words) }
        var seniority = self.ownRule(words, \.seniority)
        if seniority == nil { seniority = Self.seniority(words) }

        if let function {
            role.function = function.value
            evidence.append(
                (function.place, RoleEvidence(words: function.words, meaning: "function \(function.value.rawValue)"))
            )
        }
        if let seniority {
            role.seniority = seniority.value
            evidence.append(
                (
                    seniority.place,
                    RoleEvidence(words: seniority.words, meaning: "seniority \(seniority.value.rawValue)")
                )
            )
            if function == nil, Self.isExecutive(seniority.value, words) {
                role.function = .executive
                evidence.append(
                    (seniority.place, RoleEvidence(words: seniority.words, meaning: "function executive"))
                )
            }
        }
        role.evidence = evidence.sorted { $0.place < $1.place }.map(\.evidence)
        return role
    }

    private struct Found<Value> {
        let value: Value
        let words: String
        let place: Int
    }

    private func ownRule<Value>(_ title: TitleWords, _ value: (RoleRule) -> Value?) -> Found<Value>? {
        for own in self.own {
            guard let value = value(own.rule), let range = own.words.range(in: title.words) else { continue }
            return Found(value: value, words: Self.spelling(range, title), place: range.lowerBound)
        }
        return nil
    }

    private static func function(_ title: TitleWords) -> Found<JobFunction>? {
        var best: (rank: (strength: Int, part: Int, place: Int, length: Int), found: Found<JobFunction>)?
        for phrase in Vocabulary.functions {
            guard let range = phrase.range(in: title.words) else { continue }
            let rank = (phrase.strength, -title.words[range.lowerBound].part, -range.lowerBound, range.count)
            if let best, best.rank >= rank { continue }
            best = (
                rank,
                Found(value: phrase.meaning, words: Self.spelling(range, title), place: range.lowerBound)
            )
        }
        // The first part of a title that says something decides over a phrase in a later one.
        if let best, best.rank.part < 0, let early = self.earlierPart(title, before: -best.rank.part) { return early }
        if let best { return best.found }
        return Vocabulary.functionTexts.first { title.text.contains($0.text) }.map {
            Found(value: $0.function, words: $0.text, place: 0)
        }
    }

    private static func earlierPart(_ title: TitleWords, before part: Int) -> Found<JobFunction>? {
        var best: (rank: (strength: Int, place: Int), found: Found<JobFunction>)?
        for phrase in Vocabulary.functions where phrase.strength > 1 {
            guard let range = phrase.range(in: title.words), title.words[range.lowerBound].part < part else { continue }
            let rank = (phrase.strength, -range.lowerBound)
            if let best, best.rank >= rank { continue }
            best = (
                rank,
                Found(value: phrase.meaning, words: Self.spelling(range, title), place: range.lowerBound)
            )
        }
        return best?.found
    }

    private static func seniority(_ title: TitleWords) -> Found<Seniority>? {
        // What only looks like a level is taken out, but a vice president stays one.
        var words = title.words.enumerated().map { (place: $0, word: $1) }
        for phrase in Vocabulary.noLevels {
            guard let range = phrase.range(in: words.map(\.word)) else { continue }
            if phrase.words == ["vice", "president"] {
                return Found(
                    value: .vp,
                    words: words[range].map(\.word.spelling).joined(separator: " "),
                    place: words[range.lowerBound].place
                )
            }
            words.removeSubrange(range)
        }
        let left = words.map(\.word)
        for (level, phrases) in Vocabulary.levels {
            for phrase in phrases {
                guard let range = phrase.range(in: left) else { continue }
                return Found(
                    value: level,
                    words: left[range].map(\.spelling).joined(separator: " "),
                    place: words[range.lowerBound].place
                )
            }
        }
        if left.count == 1, left[0].folded == "volunteer" {
            return Found(value: .unpaid, words: left[0].spelling, place: 0)
        }
        return Vocabulary.levelTexts.first { title.text.contains($0.text) }.map {
            Found(value: $0.level, words: $0.text, place: 0)
        }
    }

    /// Who leads without saying what leads all of it; a chief of something unheard of does not.
    private static func isExecutive(_ level: Seniority, _ title: TitleWords) -> Bool {
        switch level {
        case .owner, .partner, .director: true
        case .cxo: !title.words.contains { $0.folded == "chief" }
        case .vp, .manager, .senior, .entry, .training, .unpaid: false
        }
    }

    private static func spelling(_ range: Range<Int>, _ title: TitleWords) -> String {
        title.words[range].map(\.spelling).joined(separator: " ")
    }
}
