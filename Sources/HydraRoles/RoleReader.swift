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
            role.basis = function.basis
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
                role.basis = .level
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
        var basis = RoleBasis.ownRule
    }

    private func ownRule<Value>(_ title: TitleWords, _ value: (RoleRule) -> Value?) -> Found<Value>? {
        for own in self.own {
            guard let value = value(own.rule), let range = own.words.range(in: title.words) else { continue }
            return Found(value: value, words: Self.spelling(range, title), place: range.lowerBound)
        }
        return nil
    }

    private static func function(_ title: TitleWords) -> Found<JobFunction>? {
        typealias Rank = (strength: Int, part: Int, place: Int, length: Int)
        let matches = Vocabulary.functions.matches(in: title.words)
        func best(where isEligible: (PhraseIndex<JobFunction>.Match) -> Bool) -> PhraseIndex<JobFunction>.Match? {
            var best: (rank: Rank, match: PhraseIndex<JobFunction>.Match)?
            for match in matches where isEligible(match) {
                let place = match.range.lowerBound
                let rank = (match.phrase.strength, -title.words[place].part, -place, match.phrase.length)
                if let best, best.rank >= rank { continue }
                best = (rank, match)
            }
            return best?.match
        }
        guard var match = best(where: { _ in true }) else {
            return Vocabulary.functionTexts.first { title.text.contains($0.text) }.map {
                Found(value: $0.function, words: $0.text, place: 0, basis: .word)
            }
        }
        // The first part of a title that says something decides over a phrase in a later one.
        let part = title.words[match.range.lowerBound].part
        if part > 0,
            let earlier = best(where: {
                title.words[$0.range.lowerBound].part < part && $0.phrase.strength >= Vocabulary.Strength.word
            })
        {
            match = earlier
        }
        return Found(
            value: match.phrase.meaning,
            words: Self.spelling(match.range, title),
            place: match.range.lowerBound,
            basis: match.phrase.meaning == .other ? .profession : Self.basis(match.phrase.strength)
        )
    }

    private static func basis(_ strength: Int) -> RoleBasis {
        switch strength {
        case Vocabulary.Strength.phrase...: .phrase
        case Vocabulary.Strength.word: .word
        default: .weakWord
        }
    }

    private static func seniority(_ title: TitleWords) -> Found<Seniority>? {
        // What only looks like a level is taken out, but a vice president stays one.
        var words = title.words.enumerated().map { (place: $0, word: $1) }
        while let match = Vocabulary.noLevels.matches(in: words.map(\.word)).first {
            if match.phrase.words == ["vice", "president"] {
                return Found(
                    value: .vp,
                    words: words[match.range].map(\.word.spelling).joined(separator: " "),
                    place: words[match.range.lowerBound].place
                )
            }
            words.removeSubrange(match.range)
        }
        let left = words.map(\.word)
        // The first of the levels, then the earlier word.
        let level = Vocabulary.levelPhrases.matches(in: left).min {
            ($0.phrase.meaning.order, $0.range.lowerBound) < ($1.phrase.meaning.order, $1.range.lowerBound)
        }
        if let level {
            return Found(
                value: level.phrase.meaning.level,
                words: left[level.range].map(\.spelling).joined(separator: " "),
                place: words[level.range.lowerBound].place
            )
        }
        if left.count == 1, left[0].folded == "volunteer" {
            return Found(value: .unpaid, words: left[0].spelling, place: 0)
        }
        return Vocabulary.levelTexts.first { title.text.contains($0.text) }.map {
            Found(value: $0.level, words: $0.text, place: 0)
        }
    }

    /// Who leads without saying what leads all of it; a chief or a head of something unheard of does not.
    private static func isExecutive(_ level: Seniority, _ title: TitleWords) -> Bool {
        switch level {
        case .owner: true
        case .cxo: !title.words.contains { $0.folded == "chief" }
        case .director, .partner: !title.words.contains { Vocabulary.isContent($0.folded) }
        case .vp, .manager, .senior, .entry, .training, .unpaid: false
        }
    }

    private static func spelling(_ range: Range<Int>, _ title: TitleWords) -> String {
        title.words[range].map(\.spelling).joined(separator: " ")
    }
}
