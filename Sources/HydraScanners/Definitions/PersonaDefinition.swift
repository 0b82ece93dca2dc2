import JSON

/// What a persona scanner does:
/// `{"pick":"first","personas":[{"name":"Engineer","match":"all","conditions":[…]}]}`.
///
/// A value; any thread.
package struct PersonaDefinition: Sendable, Equatable {
    /// Which of several personas that match a person is given.
    package enum Pick: String, CaseIterable, Sendable {
        /// The first in the list.
        case first
        /// The one with the greatest share of weight that holds; the first of equal ones.
        case best
    }

    /// How many of a persona's conditions must hold.
    package enum Match: String, CaseIterable, Sendable {
        case all
        case any
        /// Conditions with at least half of the weight.
        case half
    }

    package struct Persona: Sendable, Equatable {
        package var name: String
        /// For people; nil: none.
        package var description: String?
        package var match: Match
        package var conditions: [Condition]

        package init(name: String, description: String? = nil, match: Match, conditions: [Condition]) {
            self.name = name
            self.description = description
            self.match = match
            self.conditions = conditions
        }
    }

    private static let maximumPersonas = 50
    static let maximumConditions = 30

    package var pick: Pick = .first
    package var personas: [Persona] = []

    package init(pick: Pick = .first, personas: [Persona]) {
        self.pick = pick
        self.personas = personas
    }

    init(_ value: JSONValue, _ reader: DefinitionReader) {
        guard reader.object(value, "", members: ["pick", "personas"]) else { return }
        self.pick = reader.word(value["pick"], "pick", of: Pick.self, default: .first) ?? .first
        var names: Set<String> = []
        for (element, path) in reader.list(value["personas"], "personas", count: 1...Self.maximumPersonas) {
            guard reader.object(element, path, members: ["name", "description", "match", "conditions"]) else {
                continue
            }
            let name = reader.text(element["name"], "\(path).name", maximum: 100) ?? ""
            if !name.isEmpty, !names.insert(name.lowercased()).inserted {
                reader.note("\(path).name", "is the name of an earlier persona too")
            }
            let description = reader.text(element["description"], "\(path).description", maximum: 500, isNeeded: false)
            let match = reader.word(element["match"], "\(path).match", of: Match.self, default: .all) ?? .all
            let conditions = reader.list(element["conditions"], "\(path).conditions", count: 1...Self.maximumConditions)
                .compactMap { Condition.read($0, $1, hasWeight: true, isOfCompanies: false, reader) }
            self.personas.append(
                Persona(name: name, description: description, match: match, conditions: conditions)
            )
        }
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("pick", self.pick.rawValue)
        writer.key("personas")
        writer.beginArray()
        for persona in self.personas {
            writer.beginObject()
            writer.member("name", persona.name)
            if let description = persona.description { writer.member("description", description) }
            writer.member("match", persona.match.rawValue)
            writer.key("conditions")
            writer.beginArray()
            for condition in persona.conditions { condition.write(hasWeight: true, into: &writer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
