package import HydraRoles
import JSON

/// What a role scanner does: `{"titleTrait":"title","rules":[{"words":"happiness","function":"people"}]}`.
///
/// Its own rules come before the standard ones. A value; any thread.
package struct RoleDefinition: Sendable, Equatable {
    private static let maximumRules = 200

    /// The normalised name of the trait that holds the job title.
    package var titleTrait = "title"
    package var rules: [RoleRule] = []

    package init() {}

    init(_ value: JSONValue, _ reader: DefinitionReader) {
        guard reader.object(value, "", members: ["titleTrait", "rules"]) else { return }
        if let member = value["titleTrait"], let text = reader.text(member, "titleTrait", maximum: 100) {
            self.titleTrait = text
        }
        for (element, path) in reader.list(value["rules"], "rules", count: 0...Self.maximumRules) {
            guard reader.object(element, path, members: ["words", "function", "seniority"]) else { continue }
            let words = reader.text(element["words"], "\(path).words", maximum: 100)
            let function = Self.optional(element["function"], "\(path).function", of: JobFunction.self, reader)
            let seniority = Self.optional(element["seniority"], "\(path).seniority", of: Seniority.self, reader)
            if function == nil, seniority == nil { reader.note(path, "must name a function, a seniority or both") }
            if let words { self.rules.append(RoleRule(words: words, function: function, seniority: seniority)) }
        }
    }

    private static func optional<Word: RawRepresentable & CaseIterable>(
        _ value: JSONValue?,
        _ path: String,
        of type: Word.Type,
        _ reader: DefinitionReader
    ) -> Word? where Word.RawValue == String {
        guard let value, !value.isNull else { return nil }
        return reader.word(value, path, of: type)
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("titleTrait", self.titleTrait)
        writer.key("rules")
        writer.beginArray()
        for rule in self.rules {
            writer.beginObject()
            writer.member("words", rule.words)
            if let function = rule.function { writer.member("function", function.rawValue) }
            if let seniority = rule.seniority { writer.member("seniority", seniority.rawValue) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
