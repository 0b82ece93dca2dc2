import HydraDataPoints

/// Scores how well a company fits a profile.
///
/// The score is the share of the points that could be had from rules whose facts are known, less the penalties; rules
/// whose facts are missing lower the confidence, not the score. A value; any thread.
package struct ICPScanner: Sendable {
    /// Strongest reasons that are given.
    private static let maximumReasons = 5

    private let definition: ICPDefinition

    package init(_ definition: ICPDefinition) {
        self.definition = definition
    }

    /// `very_good` from 85, `good` from 70, `medium` from 50, else `low`.
    package static func band(_ score: Double) -> String {
        switch score {
        case 85...: "very_good"
        case 70..<85: "good"
        case 50..<70: "medium"
        default: "low"
        }
    }

    /// - Returns: a result without label and score where nothing is known.
    package func scan(_ facts: CompanyFacts) -> ScanResult? {
        var possible = 0.0
        var reached = 0.0
        var weight = 0.0
        var known = 0.0
        var reasons: [(strength: Double, place: Int, reason: ScanReason)] = []
        for (place, rule) in self.definition.rules.enumerated() {
            let verdict = Self.verdict(rule, facts)
            weight += abs(rule.points)
            let subject = rule.conditions.first?.subject.text ?? ""
            guard verdict != .unknown else {
                let text = "\(rule.name): \(rule.conditions.first?.subject.description ?? "this") is not known"
                reasons.append((0, place, ScanReason(text, subject: subject, effect: 0, held: false)))
                continue
            }
            known += abs(rule.points)
            if rule.points > 0 { possible += rule.points }
            if verdict == .held {
                reached += rule.points
                reasons.append((abs(rule.points), place, Self.reason(rule, facts, effect: rule.points, held: true)))
            } else if rule.points > 0 {
                reasons.append((rule.points, place, Self.reason(rule, facts, effect: -rule.points, held: false)))
            }
        }
        let score = possible > 0 ? min(100, max(0, reached / possible * 100)) : nil
        let rounded = score.map { ScanResult.rounded($0, to: 10) }
        let strongest = reasons.sorted { ($1.strength, $0.place) < ($0.strength, $1.place) }
            .prefix(Self.maximumReasons).map(\.reason)
        return ScanResult(
            label: rounded.map { Self.band($0) },
            score: rounded,
            confidence: weight > 0 ? ScanResult.rounded(known / weight, to: 1000) : 0,
            details: [.init(name: "knownPeople", value: .number(Double(facts.knownPeople)))],
            reasons: strongest
        )
    }

    /// One condition that fails decides; else one that cannot be told leaves the rule open.
    private static func verdict(_ rule: ICPDefinition.Rule, _ facts: CompanyFacts) -> Verdict {
        let verdicts = rule.conditions.map { $0.verdict(facts.fact($0)) }
        if verdicts.contains(.notHeld) { return .notHeld }
        return verdicts.contains(.unknown) ? .unknown : .held
    }

    private static func reason(
        _ rule: ICPDefinition.Rule,
        _ facts: CompanyFacts,
        effect: Double,
        held: Bool
    ) -> ScanReason {
        let decisive =
            rule.conditions.first { held || $0.verdict(facts.fact($0)) == .notHeld } ?? rule.conditions.first
        guard let decisive else { return ScanReason(rule.name, subject: "", effect: effect, held: held) }
        let found = facts.fact(decisive)?.value.text ?? "not known"
        let text = "\(rule.name): \(decisive.subject.description) is \(found)\(held ? "" : ", not as asked")"
        return ScanReason(text, subject: decisive.subject.text, effect: effect, held: held)
    }
}
