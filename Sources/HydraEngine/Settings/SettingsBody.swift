import HydraLimits
import JSON

/// What is wrong with a request about settings.
struct SettingsProblem: Error {
    let status: Int
    let code: String
    let message: String
}

/// The body of a request about settings: an object with nothing but known members. An absent body is an empty one.
///
/// A value; any thread.
struct SettingsBody {
    private static let nameCharacters = 100

    private let root: JSONValue?

    init(_ parsers: ParserPool, _ bytes: [UInt8], members: [String]) throws(SettingsProblem) {
        guard !bytes.isEmpty else {
            self.root = nil
            return
        }
        do throws(JSONError) {
            self.root = try parsers.parse(bytes).root
        } catch {
            throw SettingsProblem(status: 400, code: "not_json", message: "The body is not JSON: \(error.message)")
        }
        guard let root = self.root, root.isObject else { throw Self.invalid("The body must be a JSON object.") }
        for member in root.members where !members.contains(member.key.string) {
            throw Self.invalid(
                "`\(member.key.string.prefix(64))` is not known here; allowed are \(members.joined(separator: ", "))."
            )
        }
    }

    func name(_ key: StaticString, isNeeded: Bool) throws(SettingsProblem) -> String? {
        guard let member = self.root?[key] else {
            guard !isNeeded else { throw Self.invalid("`\(key)` is missing.") }
            return nil
        }
        guard let text = member.string, (1...Self.nameCharacters).contains(text.unicodeScalars.count),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw Self.invalid(
                "`\(key)` must be a text of 1 to \(Self.nameCharacters) characters, none of them a control character."
            )
        }
        return text
    }

    func integer(_ key: StaticString, in range: ClosedRange<Int64>) throws(SettingsProblem) -> Int64? {
        guard let member = self.root?[key] else { return nil }
        guard let number = member.int64, range.contains(number) else {
            throw Self.invalid("`\(key)` must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// Values of at most 1,024 characters, at most 1,000 of them.
    func texts(_ key: StaticString) throws(SettingsProblem) -> [String]? {
        guard let member = self.root?[key] else { return nil }
        let texts = member.isArray ? member.elements.compactMap(\.string) : []
        guard member.isArray, texts.count == member.count, texts.count <= 1_000,
            texts.allSatisfy({ $0.unicodeScalars.count <= CallLimits.identifierCharacters })
        else {
            throw Self.invalid(
                "`\(key)` must be a list of at most 1000 texts of \(CallLimits.identifierCharacters) characters."
            )
        }
        return texts
    }

    func bool(_ key: StaticString) throws(SettingsProblem) -> Bool? {
        guard let member = self.root?[key] else { return nil }
        guard let value = member.bool else { throw Self.invalid("`\(key)` must be true or false.") }
        return value
    }

    private static func invalid(_ message: String) -> SettingsProblem {
        SettingsProblem(status: 422, code: "settings_invalid", message: message)
    }
}
