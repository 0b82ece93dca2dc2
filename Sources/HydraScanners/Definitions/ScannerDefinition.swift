package import JSON

/// What a scanner does, by its kind.
///
/// A value; any thread.
package struct ScannerDefinition: Sendable, Equatable {
    package enum Config: Sendable, Equatable {
        case role(RoleDefinition)
        case persona(PersonaDefinition)
        case icp(ICPDefinition)
        case usage(UsageDefinition)
    }

    package let config: Config

    package init(_ config: Config) {
        self.config = config
    }

    package var kind: ScannerKind {
        switch self.config {
        case .role: .role
        case .persona: .persona
        case .icp: .icp
        case .usage: .usage
        }
    }

    /// Reads a definition strictly.
    ///
    /// - Throws: every mistake, each with its path in the definition.
    package static func parse(kind: ScannerKind, _ value: JSONValue) throws(DefinitionMistakes) -> ScannerDefinition {
        let reader = DefinitionReader()
        let config: Config =
            switch kind {
            case .role: .role(RoleDefinition(value, reader))
            case .persona: .persona(PersonaDefinition(value, reader))
            case .icp: .icp(ICPDefinition(value, reader))
            case .usage: .usage(UsageDefinition(value, reader))
            }
        guard reader.mistakes.isEmpty else { throw DefinitionMistakes(reader.mistakes) }
        return ScannerDefinition(config)
    }

    /// As JSON; reading it gives this definition again.
    package func json() -> [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        switch self.config {
        case .role(let definition): definition.write(into: &writer)
        case .persona(let definition): definition.write(into: &writer)
        case .icp(let definition): definition.write(into: &writer)
        case .usage(let definition): definition.write(into: &writer)
        }
        return writer.bytes
    }

    private var conditions: [Condition] {
        switch self.config {
        case .role, .usage: []
        case .persona(let definition): definition.personas.flatMap(\.conditions)
        case .icp(let definition): definition.rules.flatMap(\.conditions)
        }
    }

    /// Whether results change with use, and so with time.
    package var readsUsage: Bool { self.conditions.contains { $0.subject.readsUsage } }

    /// Whether results change with the number of persons of a company.
    package var readsKnownPeople: Bool { self.conditions.contains { $0.subject == .knownPeople } }

    /// One line for a list of scanners.
    package var summary: String {
        switch self.config {
        case .role(let definition):
            definition.rules.isEmpty
                ? "Reads function and seniority from the title."
                : "Reads function and seniority from the title, with \(definition.rules.count) rules of its own."
        case .persona(let definition):
            "Sorts persons into \(definition.personas.map(\.name).joined(separator: ", "))."
        case .icp(let definition): "Scores companies by \(definition.rules.map(\.name).joined(separator: ", "))."
        case .usage(let definition):
            "Counts features: a positive event is \(Self.text(definition.weights.positive)), a neutral one "
                + "\(Self.text(definition.weights.neutral)), a negative one \(Self.text(definition.weights.negative))."
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
    }
}
