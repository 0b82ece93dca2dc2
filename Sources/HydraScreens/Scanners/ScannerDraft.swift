import HydraScanners
import JSON

/// A scanner as it is typed: nothing in it need be right, and nothing of it is lost when it is not.
///
/// Read from a definition or from a form, written as the definition that the API judges. A value; any thread.
struct ScannerDraft {
    /// A persona, or a rule of an ideal customer profile.
    struct Group: Equatable {
        var name = ""
        var description = ""
        var match = "all"
        var points = "10"
        var conditions: [ConditionDraft] = [ConditionDraft()]
    }

    /// A rule of a role scanner.
    struct RoleRule: Equatable {
        var words = ""
        var function = ""
        var seniority = ""
    }

    let kind: ScannerKind
    var name = ""
    /// Whether the definition is typed as JSON.
    var isJSON = false
    var json = ""
    var pick = "first"
    var groups: [Group] = []
    var titleTrait = "title"
    var rules: [RoleRule] = []
    var weights = (negative: "-1", neutral: "1", positive: "2")
    var ignored = ""
    var takesInPast = false

    /// Names of a group's list and of its conditions' in the definition.
    var groupList: String { self.kind == .persona ? "personas" : "rules" }
    var conditionList: String { self.kind == .persona ? "conditions" : "when" }

    /// The kind's standard definition.
    init(kind: ScannerKind) {
        self.kind = kind
        self.name = Words.kind(kind.rawValue)
        if let document = try? JSONParser().parse(ScannerDefinition.standard(kind).json()) {
            self.read(document.root)
        }
    }

    /// - Parameter scanner: as the API answers it.
    init?(scanner: JSONValue) {
        guard let kind = scanner.text("kind").flatMap({ ScannerKind(rawValue: $0) }) else { return nil }
        self.kind = kind
        self.name = scanner.text("name") ?? ""
        if let definition = scanner["definition"] { self.read(definition) }
    }

    init(kind: ScannerKind, form: FormFields) {
        self.kind = kind
        self.name = form["name"] ?? ""
        self.isJSON = form["mode"] == "json"
        self.json = form["json"] ?? ""
        self.takesInPast = form["takeInPast"] != nil
        guard !self.isJSON else { return }
        switch kind {
        case .persona, .icp: self.readGroups(form)
        case .role: self.readRules(form)
        case .usage:
            self.weights = (
                form.trimmed("weights.negative"), form.trimmed("weights.neutral"), form.trimmed("weights.positive")
            )
            self.ignored = form["ignoredFeatures"] ?? ""
        }
    }

    private mutating func readGroups(_ form: FormFields) {
        self.pick = form.trimmed("pick")
        var place = 0
        while form["\(self.groupList)[\(place)].name"] != nil {
            let path = "\(self.groupList)[\(place)]"
            var group = Group()
            group.name = form["\(path).name"] ?? ""
            group.description = form["\(path).description"] ?? ""
            group.match = form.trimmed("\(path).match")
            group.points = form.trimmed("\(path).points")
            group.conditions = []
            while form["\(path).\(self.conditionList)[\(group.conditions.count)].subject"] != nil {
                group.conditions.append(
                    ConditionDraft(form, "\(path).\(self.conditionList)[\(group.conditions.count)]")
                )
            }
            self.groups.append(group)
            place += 1
        }
    }

    private mutating func readRules(_ form: FormFields) {
        self.titleTrait = form.trimmed("titleTrait")
        while form["rules[\(self.rules.count)].words"] != nil {
            let path = "rules[\(self.rules.count)]"
            self.rules.append(
                RoleRule(
                    words: form["\(path).words"] ?? "",
                    function: form.trimmed("\(path).function"),
                    seniority: form.trimmed("\(path).seniority")
                )
            )
        }
    }

    /// Takes over a definition; what a form cannot show is passed over.
    mutating func read(_ definition: JSONValue) {
        switch self.kind {
        case .persona, .icp:
            self.pick = definition.text("pick") ?? "first"
            self.groups = (self.kind == .persona ? definition.list("personas") : definition.list("rules")).map { item in
                Group(
                    name: item.text("name") ?? "",
                    description: item.text("description") ?? "",
                    match: item.text("match") ?? "all",
                    points: item["points"]?.display ?? "",
                    conditions: (self.kind == .persona ? item.list("conditions") : item.list("when"))
                        .map { ConditionDraft($0) }
                )
            }
        case .role:
            self.titleTrait = definition.text("titleTrait") ?? "title"
            self.rules = definition.list("rules").map { rule in
                RoleRule(
                    words: rule.text("words") ?? "",
                    function: rule.text("function") ?? "",
                    seniority: rule.text("seniority") ?? ""
                )
            }
        case .usage:
            let weights = definition["weights"]
            self.weights = (
                weights?["negative"]?.display ?? "-1", weights?["neutral"]?.display ?? "1",
                weights?["positive"]?.display ?? "2"
            )
            self.ignored = definition.list("ignoredFeatures").compactMap(\.string).joined(separator: "\n")
        }
    }

    // MARK: Writing

    /// The definition as JSON; nil if it was typed as JSON and is none, with what is wrong.
    func definition() -> Result<[UInt8], JSONError> {
        guard self.isJSON else { return .success(self.written()) }
        do throws(JSONError) {
            return .success(Array(try JSONParser().parse(Array(self.json.utf8)).root.raw))
        } catch {
            return .failure(error)
        }
    }

    private func written() -> [UInt8] {
        var writer = JSONWriter(reserving: 2048)
        writer.beginObject()
        switch self.kind {
        case .persona, .icp: self.writeGroups(into: &writer)
        case .role:
            writer.member("titleTrait", self.titleTrait)
            writer.key("rules")
            writer.beginArray()
            for rule in self.rules {
                writer.beginObject()
                writer.member("words", rule.words)
                if !rule.function.isEmpty { writer.member("function", rule.function) }
                if !rule.seniority.isEmpty { writer.member("seniority", rule.seniority) }
                writer.endObject()
            }
            writer.endArray()
        case .usage:
            writer.key("weights")
            writer.beginObject()
            for (name, weight) in [
                ("negative", self.weights.negative), ("neutral", self.weights.neutral),
                ("positive", self.weights.positive),
            ] {
                writer.key(string: name)
                TypedValue.write(weight, into: &writer)
            }
            writer.endObject()
            writer.key("ignoredFeatures")
            writer.beginArray()
            for line in self.ignoredLines { writer.value(line) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private var ignoredLines: [String] {
        self.ignored.split(separator: "\n").map { String($0).trimmingSpace() }.filter { !$0.isEmpty }
    }

    private func writeGroups(into writer: inout JSONWriter) {
        if self.kind == .persona { writer.member("pick", self.pick) }
        writer.key(string: self.groupList)
        writer.beginArray()
        for group in self.groups {
            writer.beginObject()
            writer.member("name", group.name)
            if self.kind == .persona {
                if !group.description.isEmpty { writer.member("description", group.description) }
                writer.member("match", group.match)
            } else {
                writer.key("points")
                TypedValue.write(group.points, into: &writer)
            }
            writer.key(string: self.conditionList)
            writer.beginArray()
            for condition in group.conditions { condition.write(hasWeight: self.kind == .persona, into: &writer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
    }
}
