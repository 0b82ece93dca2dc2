package import HydraDataPoints
package import HydraRoles

/// What conditions can read of a person.
///
/// A value; any thread.
package struct PersonFacts: Sendable {
    package var role: Role?
    /// By normalised name.
    package var traits: [String: DataValue] {
        get { self.traitFacts.mapValues(\.value) }
        set { self.traitFacts = newValue.mapValues { Fact($0) } }
    }
    package var dataPoints: [String: DataValue] {
        get { self.pointFacts.mapValues(\.value) }
        set { self.pointFacts = newValue.mapValues { Fact($0) } }
    }
    private var traitFacts: [String: Fact] = [:]
    private var pointFacts: [String: Fact] = [:]
    /// Of the company the person belongs to now.
    package var company: CompanyFacts?
    package var usage = UsageFacts.none

    package init() {}

    /// What a condition looks at; nil if it is not known.
    func fact(_ condition: Condition) -> Fact? {
        switch condition.subject {
        case .roleFunction: self.role.map { Fact(.text($0.function.rawValue)) }
        case .roleSeniority: self.role?.seniority.map { Fact(.text($0.rawValue)) }
        case .trait: self.traitFacts[condition.factName]
        case .dataPoint: self.pointFacts[condition.factName]
        case .companyTrait, .companyDataPoint, .knownPeople: self.company?.fact(condition)
        case .usage(let feature, let measure): self.usage.value(feature, measure).map { Fact($0) }
        }
    }

    /// A text trait, by its normalised name.
    func text(_ name: String) -> String? {
        if case .text(let text)? = self.traitFacts[name]?.value { text } else { nil }
    }

    /// As traits are kept: without case, spaces, `_`, `-` and `.`.
    static func normalised(_ name: String) -> String {
        let kept = name.lowercased().unicodeScalars.filter { !" _-.".unicodeScalars.contains($0) }
        return kept.isEmpty ? name.lowercased() : String(String.UnicodeScalarView(kept))
    }
}

/// What conditions can read of a company.
///
/// A value; any thread.
package struct CompanyFacts: Sendable {
    package var traits: [String: DataValue] {
        get { self.traitFacts.mapValues(\.value) }
        set { self.traitFacts = newValue.mapValues { Fact($0) } }
    }
    package var dataPoints: [String: DataValue] {
        get { self.pointFacts.mapValues(\.value) }
        set { self.pointFacts = newValue.mapValues { Fact($0) } }
    }
    private var traitFacts: [String: Fact] = [:]
    private var pointFacts: [String: Fact] = [:]
    /// Persons who belong to it now.
    package var knownPeople = 0
    /// Of all its persons, each while it belonged to it.
    package var usage = UsageFacts.none

    package init() {}

    /// What a condition looks at; nil if it is not known.
    func fact(_ condition: Condition) -> Fact? {
        switch condition.subject {
        case .companyTrait: self.traitFacts[condition.factName]
        case .companyDataPoint: self.pointFacts[condition.factName]
        case .knownPeople: Fact(.number(Double(self.knownPeople)))
        case .usage(let feature, let measure): self.usage.value(feature, measure).map { Fact($0) }
        case .roleFunction, .roleSeniority, .trait, .dataPoint: nil
        }
    }
}

/// What conditions can read of use.
///
/// A value; any thread.
package struct UsageFacts: Sendable {
    package struct Feature: Sendable {
        package var uses7: Int
        package var uses30: Int
        package var uses90: Int
        package var uses: Int
        package var negative: Int
        package var neutral: Int
        package var positive: Int
        package var daysSinceLast: Int

        package init(
            uses7: Int,
            uses30: Int,
            uses90: Int,
            uses: Int,
            negative: Int,
            neutral: Int,
            positive: Int,
            daysSinceLast: Int
        ) {
            self.uses7 = uses7
            self.uses30 = uses30
            self.uses90 = uses90
            self.uses = uses
            self.negative = negative
            self.neutral = neutral
            self.positive = positive
            self.daysSinceLast = daysSinceLast
        }
    }

    package let features: [String: Feature]

    package static let none = UsageFacts(features: [:])

    package init(features: [String: Feature]) {
        self.features = features
    }

    /// What was never used was used 0 times; since when is not known then.
    func value(_ name: String, _ measure: UsageMeasure) -> DataValue? {
        guard let feature = self.features[name] else { return measure == .daysSinceLast ? nil : .number(0) }
        let count =
            switch measure {
            case .uses7: feature.uses7
            case .uses30: feature.uses30
            case .uses90: feature.uses90
            case .uses: feature.uses
            case .negative: feature.negative
            case .neutral: feature.neutral
            case .positive: feature.positive
            case .daysSinceLast: feature.daysSinceLast
            }
        return .number(Double(count))
    }
}
