import HydraRoles
import HydraScanners
import JSON

/// The fields of a scanner's form, each with its mistake.
///
/// Lives while one page is made.
struct ScannerForm {
    private let draft: ScannerDraft
    private let mistakes: [(path: String, message: String)]

    /// - Parameter mistakes: with paths as the API has them: `definition.rules[0].points`, `name`.
    init(_ draft: ScannerDraft, mistakes: [(path: String, message: String)]) {
        self.draft = draft
        self.mistakes = mistakes
    }

    /// For the partial `scannerform`.
    ///
    /// - Parameter subjects: suggestions.
    func fields(subjects: [String]) -> Fields {
        let draft = self.draft
        return Fields(known: [
            "kind": draft.kind.rawValue,
            "name": self.field("Name", "name", draft.name, inDefinition: false),
            "isJSON": draft.isJSON,
            "json": draft.isJSON ? self.field("Definition", "json", draft.json, path: "definition") : nil,
            "groups": !draft.isJSON && (draft.kind == .persona || draft.kind == .icp) ? self.groups() : nil,
            "role": !draft.isJSON && draft.kind == .role ? self.role() : nil,
            "usage": !draft.isJSON && draft.kind == .usage ? self.usage() : nil,
            "takesInPast": draft.kind == .usage ? ["isChosen": draft.takesInPast] as Fields : nil,
            "mistakes": self.summary(),
            "hasMistakes": !self.mistakes.isEmpty,
            "subjects": subjects,
            "canPreview": draft.kind != .usage,
        ])
    }

    // MARK: Mistakes

    private func message(_ path: String) -> String? {
        self.mistakes.first { $0.path == path }.map { Words.sentence($0.message) + "." }
    }

    /// All mistakes in one place, each with a link to its field.
    private func summary() -> [Fields] {
        self.mistakes.map { mistake in
            [
                "target": Self.id(mistake.path), "path": Self.words(mistake.path),
                "message": mistake.message,
            ]
        }
    }

    /// `definition.personas[0].conditions[1].value` → `Persona 1, condition 2, value`.
    static func words(_ path: String) -> String {
        let parts = path.split(separator: ".").filter { $0 != "definition" }.map { part -> String in
            guard let bracket = part.firstIndex(of: "["), part.hasSuffix("]"),
                let place = Int(part[part.index(after: bracket)...].dropLast())
            else { return String(part) }
            var name = String(part[..<bracket])
            if name == "when" { name = "conditions" }
            return "\(name.hasSuffix("s") ? String(name.dropLast()) : name) \(place + 1)"
        }
        let text = parts.joined(separator: ", ")
        return text.isEmpty ? "The definition" : text.prefix(1).uppercased() + text.dropFirst()
    }

    /// The id of a field, of its path.
    static func id(_ path: String) -> String {
        let plain = path.hasPrefix("definition.") ? path.dropFirst("definition.".count) : path[...]
        return "f-" + plain.replacing("[", with: "-").replacing("]", with: "").replacing(".", with: "-")
    }

    // MARK: Fields

    private func field(
        _ label: String,
        _ name: String,
        _ value: String,
        inDefinition: Bool = true,
        path: String? = nil,
        hint: String? = nil
    ) -> Fields {
        let path = path ?? (inDefinition ? "definition.\(name)" : name)
        return Fields(known: [
            "label": label, "name": name, "value": value, "id": Self.id(path), "error": self.message(path),
            "hint": hint,
        ])
    }

    private func select(
        _ label: String,
        _ name: String,
        _ chosen: String,
        _ options: [(value: String, text: String)]
    ) -> Fields {
        var fields = self.field(label, name, chosen)
        fields["options"] = Choices.fields(options, chosen: chosen)
        return fields
    }

    private func groups() -> Fields {
        let isPersona = self.draft.kind == .persona
        let list = self.draft.groupList
        let groups = self.draft.groups.enumerated().map { place, group -> Fields in
            let path = "\(list)[\(place)]"
            let conditions = "\(path).\(self.draft.conditionList)"
            return Fields(known: [
                "legend": group.name.isEmpty ? "\(isPersona ? "Persona" : "Rule") \(place + 1)" : group.name,
                "path": path,
                "id": Self.id("definition.\(path)"),
                "error": self.message("definition.\(path)"),
                "isFirst": place == 0,
                "isLast": place + 1 == self.draft.groups.count,
                "isPersona": isPersona,
                "name": self.field("Name", "\(path).name", group.name),
                "description": isPersona
                    ? self.field("Description", "\(path).description", group.description) : nil,
                "match": isPersona
                    ? self.select(
                        "Matches when",
                        "\(path).match",
                        group.match,
                        [
                            ("all", "all conditions hold"), ("any", "any condition holds"),
                            ("half", "conditions with half of the weight hold"),
                        ]
                    ) : nil,
                "points": isPersona ? nil : self.field("Points", "\(path).points", group.points),
                "conditionsPath": conditions,
                "conditionsId": Self.id("definition.\(conditions)"),
                "conditionsError": self.message("definition.\(conditions)"),
                "conditions": group.conditions.enumerated().map { place, condition in
                    self.condition("\(conditions)[\(place)]", place, condition, hasWeight: isPersona)
                },
            ])
        }
        return Fields(known: [
            "isPersona": isPersona,
            "pick": isPersona
                ? self.select(
                    "When several personas match",
                    "pick",
                    self.draft.pick,
                    [("first", "the first in this list is given"), ("best", "the one that matches best is given")]
                ) : nil,
            "items": groups,
            "list": list,
            "listError": self.message("definition.\(list)"),
            "listId": Self.id("definition.\(list)"),
            "one": isPersona ? "persona" : "rule",
        ])
    }

    private func condition(_ path: String, _ place: Int, _ condition: ConditionDraft, hasWeight: Bool) -> Fields {
        Fields(known: [
            "number": "\(place + 1)",
            "path": path,
            "subject": self.field("Looks at", "\(path).subject", condition.subject),
            "operator": self.select(
                "Comparison",
                "\(path).operator",
                condition.comparison,
                Operator.allCases.map { ($0.rawValue, $0.words) }
            ),
            "value": self.field("Value", "\(path).value", condition.value),
            "weight": hasWeight ? self.field("Weight", "\(path).weight", condition.weight) : nil,
        ])
    }

    private func role() -> Fields {
        let functions =
            [(value: "", text: "–")]
            + JobFunction.allCases.map { (value: $0.rawValue, text: Words.function($0.rawValue)) }
        let levels =
            [(value: "", text: "–")]
            + Seniority.allCases.map { (value: $0.rawValue, text: Words.seniority($0.rawValue)) }
        return Fields(known: [
            "titleTrait": self.field(
                "Trait with the title",
                "titleTrait",
                self.draft.titleTrait,
                hint: "Usually title."
            ),
            "rules": self.draft.rules.enumerated().map { place, rule in
                Fields(known: [
                    "number": "\(place + 1)",
                    "path": "rules[\(place)]",
                    "id": Self.id("definition.rules[\(place)]"),
                    "error": self.message("definition.rules[\(place)]"),
                    "words": self.field("Words in the title", "rules[\(place)].words", rule.words),
                    "function": self.select("Function", "rules[\(place)].function", rule.function, functions),
                    "seniority": self.select("Seniority", "rules[\(place)].seniority", rule.seniority, levels),
                ])
            },
            "listError": self.message("definition.rules"),
            "listId": Self.id("definition.rules"),
        ])
    }

    private func usage() -> Fields {
        let ignored = self.mistakes.first { $0.path.hasPrefix("definition.ignoredFeatures") }
        var field = self.field(
            "Features that are not shown",
            "ignoredFeatures",
            self.draft.ignored,
            hint: "One on each line. They are counted all the same."
        )
        if let ignored { field["error"] = Words.sentence(ignored.message) + "." }
        return [
            "weights": [
                self.field("A positive event counts", "weights.positive", self.draft.weights.positive),
                self.field("A neutral event counts", "weights.neutral", self.draft.weights.neutral),
                self.field("A negative event counts", "weights.negative", self.draft.weights.negative),
            ],
            "ignored": field,
        ]
    }
}
