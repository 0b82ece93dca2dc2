/// What a condition looks at, as it is written: `role.function`, `role.seniority`, `trait.plan`, `data.email.kind`,
/// `company.trait.industry`, `company.data.company.country`, `company.knownPeople`, `usage.Device management.uses30`.
///
/// In a scanner of companies `usage.…` is the company's use; in one of persons, the person's. A value; any thread.
package enum Subject: Sendable, Hashable {
    case roleFunction
    case roleSeniority
    /// Normalised as trait names are: `firstname`.
    case trait(String)
    case dataPoint(String)
    case companyTrait(String)
    case companyDataPoint(String)
    case knownPeople
    case usage(feature: String, UsageMeasure)

    /// Characters of a subject.
    static let maximumCharacters = 300

    /// What the API says is allowed.
    static let help = """
        role.function, role.seniority, trait.NAME, data.NAME, company.trait.NAME, company.data.NAME, \
        company.knownPeople, usage.FEATURE.MEASURE with a measure of \
        \(UsageMeasure.allCases.map(\.rawValue).joined(separator: ", "))
        """

    package init?(_ text: String) {
        func name(_ prefix: String) -> String? {
            guard text.hasPrefix(prefix) else { return nil }
            let rest = String(text.dropFirst(prefix.count))
            return rest.isEmpty ? nil : rest
        }
        guard text.unicodeScalars.count <= Self.maximumCharacters else { return nil }
        if text == "role.function" {
            self = .roleFunction
        } else if text == "role.seniority" {
            self = .roleSeniority
        } else if text == "company.knownPeople" {
            self = .knownPeople
        } else if let trait = name("trait.") {
            self = .trait(trait)
        } else if let point = name("data.") {
            self = .dataPoint(point)
        } else if let trait = name("company.trait.") {
            self = .companyTrait(trait)
        } else if let point = name("company.data.") {
            self = .companyDataPoint(point)
        } else if let use = name("usage."), let dot = use.lastIndex(of: "."), dot != use.startIndex,
            let measure = UsageMeasure(rawValue: String(use[use.index(after: dot)...]))
        {
            self = .usage(feature: String(use[..<dot]), measure)
        } else {
            return nil
        }
    }

    package var text: String {
        switch self {
        case .roleFunction: "role.function"
        case .roleSeniority: "role.seniority"
        case .trait(let name): "trait.\(name)"
        case .dataPoint(let name): "data.\(name)"
        case .companyTrait(let name): "company.trait.\(name)"
        case .companyDataPoint(let name): "company.data.\(name)"
        case .knownPeople: "company.knownPeople"
        case .usage(let feature, let measure): "usage.\(feature).\(measure.rawValue)"
        }
    }

    var readsUsage: Bool { if case .usage = self { true } else { false } }

    /// Whether only a person has this.
    var isOfPersons: Bool {
        switch self {
        case .roleFunction, .roleSeniority, .trait, .dataPoint: true
        case .companyTrait, .companyDataPoint, .knownPeople, .usage: false
        }
    }

    /// For a person to read.
    var description: String {
        switch self {
        case .roleFunction: "function"
        case .roleSeniority: "seniority"
        case .trait(let name): "trait \(name)"
        case .dataPoint(let name): name
        case .companyTrait(let name): "company's \(name)"
        case .companyDataPoint(let name): name
        case .knownPeople: "number of known people"
        case .usage(let feature, let measure): "\(measure.description) of \(feature)"
        }
    }
}

/// What of a feature's use a condition looks at. The raw values stand in definitions and never change.
package enum UsageMeasure: String, CaseIterable, Sendable {
    case uses7
    case uses30
    case uses90
    case uses
    case negative
    case neutral
    case positive
    case daysSinceLast

    var description: String {
        switch self {
        case .uses7: "uses in 7 days"
        case .uses30: "uses in 30 days"
        case .uses90: "uses in 90 days"
        case .uses: "uses"
        case .negative: "negative uses"
        case .neutral: "neutral uses"
        case .positive: "positive uses"
        case .daysSinceLast: "days since the last use"
        }
    }
}
