import JSON

/// What an ideal customer profile is:
/// `{"rules":[{"name":"Right size","points":30,"when":[{"subject":"company.data.company.employees",…}]}]}`.
///
/// All conditions of a rule must hold for its points; points below 0 are penalties. A value; any thread.
package struct ICPDefinition: Sendable, Equatable {
    package struct Rule: Sendable, Equatable {
        package var name: String
        package var points: Double
        package var conditions: [Condition]

        package init(name: String, points: Double, conditions: [Condition]) {
            self.name = name
            self.points = points
            self.conditions = conditions
        }
    }

    private static let maximumRules = 60

    package var rules: [Rule] = []

    package init(rules: [Rule]) {
        self.rules = rules
    }

    init(_ value: JSONValue, _ reader: DefinitionReader) {
        guard reader.object(value, "", members: ["rules"]) else { return }
        for (element, path) in reader.list(value["rules"], "rules", count: 1...Self.maximumRules) {
            guard reader.object(element, path, members: ["name", "points", "when"]) else { continue }
            let name = reader.text(element["name"], "\(path).name", maximum: 100) ?? ""
            let points = reader.number(element["points"], "\(path).points", in: -100...100, default: nil)
            if points == 0 { reader.note("\(path).points", "must not be 0") }
            let conditions = reader.list(
                element["when"],
                "\(path).when",
                count: 1...PersonaDefinition.maximumConditions
            ).compactMap { Condition.read($0, $1, hasWeight: false, isOfCompanies: true, reader) }
            self.rules.append(Rule(name: name, points: points, conditions: conditions))
        }
        if reader.mistakes.isEmpty, !self.rules.contains(where: { $0.points > 0 }) {
            reader.note("rules", "must have a rule with points above 0")
        }
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("rules")
        writer.beginArray()
        for rule in self.rules {
            writer.beginObject()
            writer.member("name", rule.name)
            writer.member("points", rule.points)
            writer.key("when")
            writer.beginArray()
            for condition in rule.conditions { condition.write(hasWeight: false, into: &writer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
