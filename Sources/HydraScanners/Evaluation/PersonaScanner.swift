import HydraDataPoints

/// Sorts a person into the persona whose conditions hold.
///
/// A value; any thread.
package struct PersonaScanner: Sendable {
    private let definition: PersonaDefinition

    package init(_ definition: PersonaDefinition) {
        self.definition = definition
    }

    private struct Candidate {
        let persona: PersonaDefinition.Persona
        let verdicts: [Verdict]
        let matches: Bool
        /// The share of weight that holds, and the share whose facts are known.
        let share: Double
        let known: Double
    }

    /// - Returns: a result without a label where no persona matches; its reasons are those of the nearest.
    package func scan(_ facts: PersonFacts) -> ScanResult? {
        let candidates = self.definition.personas.map { self.judge($0, facts) }
        let matching = candidates.filter(\.matches)
        let chosen: Candidate?
        switch self.definition.pick {
        case .first: chosen = matching.first
        case .best: chosen = Self.best(matching)
        }
        guard let shown = chosen ?? Self.best(candidates) else { return nil }
        return ScanResult(
            label: chosen?.persona.name,
            score: ScanResult.rounded(shown.share * 100, to: 10),
            confidence: ScanResult.rounded(shown.known, to: 1000),
            details: chosen == nil ? [.init(name: "nearest", value: .text(shown.persona.name))] : [],
            reasons: zip(shown.persona.conditions, shown.verdicts).map { condition, verdict in
                Self.reason(condition, verdict, facts)
            }
        )
    }

    private func judge(_ persona: PersonaDefinition.Persona, _ facts: PersonFacts) -> Candidate {
        let verdicts = persona.conditions.map { $0.verdict(facts.fact($0)) }
        var all = 0.0
        var held = 0.0
        var known = 0.0
        for (condition, verdict) in zip(persona.conditions, verdicts) {
            all += condition.weight
            if verdict == .held { held += condition.weight }
            if verdict != .unknown { known += condition.weight }
        }
        let share = all > 0 ? held / all : 0
        let matches =
            switch persona.match {
            case .all: !verdicts.isEmpty && verdicts.allSatisfy { $0 == .held }
            case .any: verdicts.contains(.held)
            case .half: share >= 0.5
            }
        return Candidate(
            persona: persona,
            verdicts: verdicts,
            matches: matches,
            share: share,
            known: all > 0 ? known / all : 0
        )
    }

    /// The greatest share; the first of equal ones.
    private static func best(_ candidates: [Candidate]) -> Candidate? {
        candidates.reduce(nil as Candidate?) { best, next in
            guard let best else { return next }
            return next.share > best.share ? next : best
        }
    }

    private static func reason(_ condition: Condition, _ verdict: Verdict, _ facts: PersonFacts) -> ScanReason {
        let found = facts.fact(condition)?.value.text
        let text =
            switch verdict {
            case .held: "\(condition.description)\(found.map { ": it is \($0)" } ?? "")"
            case .notHeld: "\(condition.subject.description) is \(found ?? "known"), not: \(condition.description)"
            case .unknown: "\(condition.subject.description) is not known (\(condition.description))"
            }
        return ScanReason(text, subject: condition.subject.text, held: verdict == .held)
    }
}
