import HydraDataPoints
package import HydraRoles

/// Finds function and seniority in a person's title.
///
/// A value; any thread.
package struct RoleScanner: Sendable {
    /// Reads titles with the scanner's own rules.
    package let reader: RoleReader
    package let titleTrait: String

    package init(_ definition: RoleDefinition) {
        self.reader = RoleReader(additional: definition.rules)
        self.titleTrait = PersonFacts.normalised(definition.titleTrait)
    }

    /// - Returns: nil for a person without a title.
    package func role(_ facts: PersonFacts) -> Role? {
        guard let title = facts.text(self.titleTrait) else { return nil }
        return self.reader.read(title)
    }

    /// How often the function is right, as measured on titles that the words were not made with (`Titles/unseen.tsv` of
    /// the tests): phrases 96 of 100, words 90.
    private static func confidence(_ role: Role) -> Double {
        switch role.basis {
        case .ownRule, .phrase: 0.95
        case .word, .weakWord, .profession: 0.9
        case .level: 0.8
        case .nothing: role.evidence.isEmpty ? 0.2 : 0.5
        }
    }

    /// - Returns: nil for a person without a title.
    package func scan(_ facts: PersonFacts) -> ScanResult? {
        guard let title = facts.text(self.titleTrait), let role = self.reader.read(title) else { return nil }
        return ScanResult(
            label: role.function.rawValue,
            score: nil,
            confidence: Self.confidence(role),
            details: [
                .init(name: "seniority", value: role.seniority.map { .text($0.rawValue) }),
                .init(name: "title", value: .text(String(title.prefix(300)))),
            ],
            reasons: role.evidence.map { evidence in
                ScanReason(
                    "“\(evidence.words)” means \(evidence.meaning)",
                    subject: "word \(evidence.words)",
                    held: true
                )
            }
        )
    }
}
