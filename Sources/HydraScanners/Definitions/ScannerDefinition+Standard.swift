import HydraDataPoints
import HydraRoles

extension ScannerDefinition {
    /// What a scanner of a kind does unless somebody says otherwise.
    package static func standard(_ kind: ScannerKind) -> ScannerDefinition {
        switch kind {
        case .role: ScannerDefinition(.role(RoleDefinition()))
        case .persona: ScannerDefinition(.persona(self.standardPersonas))
        case .icp: ScannerDefinition(.icp(self.standardProfile))
        case .usage: ScannerDefinition(.usage(UsageDefinition()))
        }
    }

    private static func functions(_ functions: JobFunction...) -> Condition {
        Condition(.roleFunction, .isOneOf, functions.map { .text($0.rawValue) })
    }

    private static func levels(_ levels: Seniority...) -> Condition {
        Condition(.roleSeniority, .isOneOf, levels.map { .text($0.rawValue) })
    }

    private static let standardPersonas = PersonaDefinition(
        pick: .first,
        personas: [
            .init(
                name: "Executive buyer",
                description: "Decides about money: founders, owners, chief officers.",
                match: .any,
                conditions: [
                    Self.levels(.cxo, .owner, .partner), Self.functions(.executive),
                ]
            ),
            .init(
                name: "Engineering leader",
                description: "Leads people who build or run software.",
                match: .all,
                conditions: [Self.functions(.engineering, .it), Self.levels(.vp, .director, .manager)]
            ),
            .init(
                name: "Engineer",
                description: "Builds or runs software.",
                match: .all,
                conditions: [Self.functions(.engineering, .it)]
            ),
            .init(
                name: "Product and design",
                description: "Decides what is built and how it looks.",
                match: .all,
                conditions: [Self.functions(.product, .design)]
            ),
            .init(
                name: "Growth",
                description: "Finds and wins customers.",
                match: .all,
                conditions: [Self.functions(.marketing, .sales)]
            ),
            .init(
                name: "Customer team",
                description: "Keeps customers.",
                match: .all,
                conditions: [Self.functions(.customerSuccess)]
            ),
            .init(
                name: "People team",
                description: "Finds people, and keeps them happy.",
                match: .all,
                conditions: [Self.functions(.people)]
            ),
            .init(
                name: "Operations and finance",
                description: "Keeps the company running.",
                match: .all,
                conditions: [Self.functions(.operations, .finance, .legal)]
            ),
        ]
    )

    private static let standardProfile = ICPDefinition(rules: [
        .init(
            name: "Company of its own domain",
            points: 20,
            conditions: [Condition(.companyDataPoint("company.domain"), .exists)]
        ),
        .init(
            name: "20 to 2,000 employees",
            points: 30,
            conditions: [Condition(.companyDataPoint("company.employees"), .between, [.number(20), .number(2000)])]
        ),
        .init(
            name: "Software or technology",
            points: 20,
            conditions: [
                Condition(
                    .companyDataPoint("company.industry"),
                    .isOneOf,
                    ["software", "saas", "technology", "internet", "information technology", "fintech", "robotics"]
                        .map { .text($0) }
                )
            ]
        ),
        .init(
            name: "Pays",
            points: 20,
            conditions: [Condition(.companyTrait("plan"), .isNoneOf, [.text("free"), .text("trial"), .text("none")])]
        ),
        .init(
            name: "Three people or more known",
            points: 10,
            conditions: [Condition(.knownPeople, .atLeast, [.number(3)])]
        ),
    ])
}
