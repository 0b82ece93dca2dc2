import Hydra
import JSON
import Testing

/// The calls of the published contract: as much of JSON Schema as it uses for them. A keyword that is not known here is
/// an issue, so that the document cannot say what nobody checks.
struct ContractSchema {
    private let schemas: JSONValue

    init() throws {
        let root = try JSONParser().parse(HydraContract.openAPI).root
        self.schemas = try #require(root["components"]?["schemas"])
    }

    func problems(with value: JSONValue, as name: String) -> [String] {
        guard let schema = self.schemas[key: name] else { return ["no schema \(name)"] }
        return self.check(value, against: schema, at: name)
    }

    private func check(_ value: JSONValue, against schema: JSONValue, at place: String) -> [String] {
        var problems: [String] = []
        for keyword in schema.members {
            let wanted = keyword.value
            switch keyword.key.string {
            case "description", "examples", "format": continue
            case "$ref":
                let name = wanted.string?.split(separator: "/").last.map { String($0) } ?? ""
                problems += self.problems(with: value, as: name)
            case "type":
                let types = wanted.string.map { [$0] } ?? wanted.elements.compactMap(\.string)
                if !types.contains(Self.type(of: value)), !(types.contains("integer") && value.int64 != nil) {
                    problems.append("\(place) is \(Self.type(of: value))")
                }
            case "const": if value.string != wanted.string { problems.append("\(place) is another constant") }
            case "enum":
                if !wanted.elements.contains(where: { $0.string == value.string }) {
                    problems.append("\(place) is none of the words")
                }
            case "minLength": problems += Self.length(of: value) < Self.number(wanted) ? ["\(place) is too short"] : []
            case "maxLength": problems += Self.length(of: value) > Self.number(wanted) ? ["\(place) is too long"] : []
            case "minimum": problems += (value.int64 ?? .max) < Self.number(wanted) ? ["\(place) is too small"] : []
            case "maximum": problems += (value.int64 ?? .max) > Self.number(wanted) ? ["\(place) is too large"] : []
            case "pattern": if !Self.isTime(value.string ?? "") { problems.append("\(place) is not written as a time") }
            case "required":
                for name in wanted.elements.compactMap(\.string) where value[key: name] == nil {
                    problems.append("\(place) lacks \(name)")
                }
            case "properties":
                for member in wanted.members {
                    guard let found = value[key: member.key.string] else { continue }
                    problems += self.check(found, against: member.value, at: "\(place).\(member.key.string)")
                }
            case "allOf": for part in wanted.elements { problems += self.check(value, against: part, at: place) }
            case "anyOf":
                if !wanted.elements.contains(where: { self.check(value, against: $0, at: place).isEmpty }) {
                    problems.append("\(place) is none of the alternatives")
                }
            default: Issue.record("the contract's keyword \(keyword.key.string) is not checked")
            }
        }
        return problems
    }

    private static func number(_ value: JSONValue) -> Int64 { value.int64 ?? -1 }

    private static func length(of value: JSONValue) -> Int64 {
        value.string.map { Int64($0.unicodeScalars.count) } ?? 1
    }

    /// The only pattern of calls: `2026-01-02T03:04:05.678Z`.
    private static func isTime(_ text: String) -> Bool {
        text.utf8.elementsEqual("0000-00-00T00:00:00.000Z".utf8) { byte, form in
            form == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == form
        }
    }

    private static func type(of value: JSONValue) -> String {
        switch value.kind {
        case .object: "object"
        case .array: "array"
        case .string: "string"
        case .number: "number"
        case .true, .false: "boolean"
        case .null: "null"
        }
    }
}
