import HydraDataPoints
import HydraRoles
import JSON
import Testing

@testable import HydraScanners

/// Conditions, personas and scores, with what is known and what is not.
@Suite struct EvaluationTests {
    static let conditions: [(comparison: Operator, operands: [DataValue], value: DataValue?, verdict: Verdict)] = [
        (.is, [.text("Müller")], .text("MULLER"), .held), (.is, [.text("a")], .text("b"), .notHeld),
        (.is, [.number(42)], .text(" 42 "), .held), (.is, [.text("42")], .number(42), .held),
        (.is, [.bool(true)], .bool(true), .held), (.is, [.text("a")], nil, .unknown),
        (.is, [.text("b")], .list(["a", "B"]), .held), (.isNot, [.text("b")], .list(["a", "B"]), .notHeld),
        (.isNot, [.text("a")], .text("b"), .held), (.isNot, [.text("a")], nil, .unknown),
        (.isOneOf, [.text("a"), .number(7)], .number(7), .held), (.isNoneOf, [.text("a")], .text("A"), .notHeld),
        (.contains, [.text("ops")], .text("DevOps"), .held), (.contains, [.text("x")], .list(["axb"]), .held),
        (.startsWith, [.text("dé")], .text("DEV"), .held), (.startsWith, [.text("v")], .text("dev"), .notHeld),
        (.exists, [], .bool(false), .held), (.exists, [], nil, .notHeld), (.isMissing, [], nil, .held),
        (.isMissing, [], .text(""), .notHeld), (.atLeast, [.number(3)], .number(3), .held),
        (.atLeast, [.number(3)], .text("2.9"), .notHeld), (.atLeast, [.number(3)], .text("many"), .notHeld),
        (.atLeast, [.number(3)], nil, .unknown), (.atMost, [.number(3)], .number(1e300), .notHeld),
        (.between, [.number(1), .number(2)], .number(2), .held),
        (.between, [.number(1), .number(2)], .number(2.1), .notHeld),
        (.atLeast, [.number(1)], .list(["5"]), .notHeld), (.atLeast, [.number(0)], .bool(true), .notHeld),
    ]

    @Test(arguments: Self.conditions.indices)
    func conditionsCompare(index: Int) {
        let (comparison, operands, value, verdict) = Self.conditions[index]
        #expect(Condition(.trait("x"), comparison, operands).verdict(value) == verdict)
    }

    private func scan(_ pick: PersonaDefinition.Pick, _ facts: PersonFacts) -> ScanResult? {
        PersonaScanner(
            PersonaDefinition(
                pick: pick,
                personas: [
                    .init(
                        name: "Half",
                        match: .half,
                        conditions: [
                            Condition(.trait("a"), .is, [.number(1)]), Condition(.trait("b"), .is, [.number(1)]),
                        ]
                    ),
                    .init(name: "Whole", match: .all, conditions: [Condition(.trait("a"), .is, [.number(1)])]),
                    .init(name: "Any", match: .any, conditions: [Condition(.trait("c"), .exists)]),
                ]
            )
        ).scan(facts)
    }

    @Test func theFirstOrTheBestPersonaIsGiven() {
        var facts = PersonFacts()
        facts.traits = ["a": .number(1)]
        #expect(self.scan(.first, facts)?.label == "Half")
        #expect(self.scan(.first, facts)?.score == 50)
        #expect(self.scan(.first, facts)?.confidence == 0.5)
        #expect(self.scan(.best, facts)?.label == "Whole")
    }

    @Test func noPersonaIsAnAnswerThatNamesTheNearest() throws {
        var facts = PersonFacts()
        facts.traits = ["a": .number(2)]
        let result = try #require(self.scan(.first, facts))
        #expect(result.label == nil)
        #expect(result.details == [.init(name: "nearest", value: .text("Half"))])
        #expect(result.reasons.allSatisfy { !$0.held })
    }

    private func company(_ rules: [ICPDefinition.Rule], _ traits: [String: DataValue]) -> ScanResult? {
        var facts = CompanyFacts()
        facts.traits = traits
        return ICPScanner(ICPDefinition(rules: rules)).scan(facts)
    }

    private func rule(_ trait: String, _ points: Double) -> ICPDefinition.Rule {
        .init(name: trait, points: points, conditions: [Condition(.companyTrait(trait), .is, [.number(1)])])
    }

    static let bands: [(score: Double, band: String)] = [
        (100, "very_good"), (85, "very_good"), (84.9, "good"), (70, "good"), (69.9, "medium"), (50, "medium"),
        (49.9, "low"), (0, "low"),
    ]

    @Test(arguments: Self.bands.indices)
    func bandsBeginWhereTheyAreSaidTo(index: Int) {
        #expect(ICPScanner.band(Self.bands[index].score) == Self.bands[index].band)
    }

    @Test func missingDataLowersTheConfidenceNotTheScore() {
        let rules = [self.rule("a", 60), self.rule("b", 40)]
        #expect(self.company(rules, ["a": .number(1)])?.score == 100)
        #expect(self.company(rules, ["a": .number(1)])?.confidence == 0.6)
        #expect(self.company(rules, ["a": .number(1), "b": .number(2)])?.score == 60)
        #expect(self.company(rules, [:])?.score == nil)
        #expect(self.company(rules, [:])?.label == nil)
        #expect(self.company(rules, [:])?.confidence == 0)
    }

    @Test func penaltiesCountAndTheScoreStaysInItsRange() {
        let rules = [self.rule("a", 50), self.rule("bad", -80)]
        #expect(self.company(rules, ["a": .number(1), "bad": .number(1)])?.score == 0)
        #expect(self.company(rules, ["a": .number(1), "bad": .number(0)])?.score == 100)
    }

    @Test func theStrongestReasonsComeFirstAndAreSigned() throws {
        let rules = (1...8).map { self.rule("t\($0)", Double($0)) }
        let traits = Dictionary(uniqueKeysWithValues: (1...8).map { ("t\($0)", DataValue.number($0 % 2 == 0 ? 1 : 0)) })
        let reasons = try #require(self.company(rules, traits)).reasons
        #expect(reasons.map(\.effect) == [8, -7, 6, -5, 4])
        #expect(reasons.map(\.held) == [true, false, true, false, true])
    }

    @Test func useThatNeverWasIsZeroAndItsDayUnknown() {
        var facts = PersonFacts()
        facts.usage = UsageFacts(features: [
            "F": .init(uses7: 1, uses30: 2, uses90: 3, uses: 4, negative: 1, neutral: 1, positive: 2, daysSinceLast: 5)
        ])
        #expect(facts.usage.value("F", .uses30) == .number(2))
        #expect(facts.usage.value("G", .uses30) == .number(0))
        #expect(facts.usage.value("G", .daysSinceLast) == nil)
    }

    @Test func longTextsAreCutInReasons() throws {
        let long = String(repeating: "é", count: 10_000)
        var facts = PersonFacts()
        facts.traits = ["a": .text(long)]
        let scanner = PersonaScanner(
            PersonaDefinition(personas: [.init(name: "A", match: .all, conditions: [Condition(.trait("a"), .exists)])])
        )
        #expect(try #require(scanner.scan(facts)).reasons[0].text.count <= 301)
    }

    @Test func aTitleOfAnyTypeIsTaken() {
        for value in [DataValue.number(1), .bool(true), .list(["CTO"]), .text("")] {
            var facts = PersonFacts()
            facts.traits = ["title": value]
            #expect(RoleScanner(RoleDefinition()).scan(facts) == nil)
        }
    }
}
