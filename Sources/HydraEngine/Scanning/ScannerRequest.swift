import HydraScanners
import JSON

/// The body of a request that makes, changes or previews a scanner, read strictly: every mistake is named with its path.
///
/// A value; any thread.
struct ScannerRequest {
    /// Characters of a scanner's name.
    static let nameCharacters = 100

    private(set) var name: String?
    private(set) var isEnabled: Bool?
    private(set) var definition: ScannerDefinition?
    private(set) var takesInPast = false
    private(set) var version: Int64?
    /// Of a preview: the scanner that is being edited.
    private(set) var scanner: String?

    enum Purpose {
        case create
        case change(ScannerKind)
        case preview

        var members: [String] {
            switch self {
            case .create: ["kind", "name", "enabled", "definition", "takeInPast"]
            case .change: ["name", "enabled", "definition", "takeInPast", "version"]
            case .preview: ["kind", "definition", "scanner"]
            }
        }
    }

    /// - Throws: all that is wrong with the body.
    init(_ body: JSONValue, for purpose: Purpose) throws(DefinitionMistakes) {
        guard body.isObject else {
            throw DefinitionMistakes([DefinitionMistake(path: "", message: "must be a JSON object")])
        }
        var mistakes: [DefinitionMistake] = []
        func note(_ path: String, _ message: String) {
            mistakes.append(DefinitionMistake(path: path, message: message))
        }
        for member in body.members.lastWins where !purpose.members.contains(member.key.string) {
            note(
                String(member.key.string.prefix(64)),
                "is not known here; allowed are \(purpose.members.joined(separator: ", "))"
            )
        }
        if let member = body["name"] {
            if let text = member.string, Self.isName(text) {
                self.name = text
            } else {
                note("name", "must be a text of 1 to \(Self.nameCharacters) characters without control characters")
            }
        }
        self.isEnabled = Self.bool(body, "enabled", note)
        self.takesInPast = Self.bool(body, "takeInPast", note) ?? false
        if let member = body["version"] {
            if let version = member.int64, version >= 1 {
                self.version = version
            } else {
                note("version", "must be a whole number from 1")
            }
        }
        if let member = body["scanner"] {
            if let text = member.string { self.scanner = text } else { note("scanner", "must be a scanner's id") }
        }
        let kind = Self.kind(body, purpose, note)
        if case .create = purpose, body["name"] == nil { note("name", "is missing") }
        if let kind {
            self.readDefinition(body["definition"], kind: kind, purpose, &mistakes)
            if self.takesInPast, kind != .usage {
                mistakes.append(
                    DefinitionMistake(
                        path: "takeInPast",
                        message: "is for scanners of the kind \(ScannerKind.usage.rawValue) only"
                    )
                )
            }
        }
        if !mistakes.isEmpty { throw DefinitionMistakes(mistakes) }
    }

    private mutating func readDefinition(
        _ member: JSONValue?,
        kind: ScannerKind,
        _ purpose: Purpose,
        _ mistakes: inout [DefinitionMistake]
    ) {
        guard let member else {
            switch purpose {
            case .create: self.definition = .standard(kind)
            case .change: break
            case .preview: mistakes.append(DefinitionMistake(path: "definition", message: "is missing"))
            }
            return
        }
        guard member.range.count <= ScannerStore.maximumDefinitionBytes else {
            mistakes.append(
                DefinitionMistake(
                    path: "definition",
                    message: "may have \(ScannerStore.maximumDefinitionBytes) bytes"
                )
            )
            return
        }
        do throws(DefinitionMistakes) {
            self.definition = try ScannerDefinition.parse(kind: kind, member)
        } catch {
            mistakes += error.mistakes.map { mistake in
                let separator = mistake.path.isEmpty || mistake.path.hasPrefix("[") ? "" : "."
                return DefinitionMistake(
                    path: "definition\(separator)\(mistake.path)",
                    message: mistake.message
                )
            }
        }
    }

    private static func kind(
        _ body: JSONValue,
        _ purpose: Purpose,
        _ note: (String, String) -> Void
    ) -> ScannerKind? {
        if case .change(let kind) = purpose { return kind }
        guard let kind = body["kind"]?.string.flatMap({ ScannerKind(rawValue: $0) }) else {
            note("kind", "must be one of \(ScannerKind.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return kind
    }

    private static func bool(
        _ body: JSONValue,
        _ key: StaticString,
        _ note: (String, String) -> Void
    ) -> Bool? {
        guard let member = body[key] else { return nil }
        guard let bool = member.bool else {
            note("\(key)", "must be true or false")
            return nil
        }
        return bool
    }

    private static func isName(_ text: String) -> Bool {
        (1...self.nameCharacters).contains(text.unicodeScalars.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
            && text.contains { !$0.isWhitespace }
    }
}
