import JSON

/// Reads one object of a definition and notes every mistake with its path.
///
/// A class, so that the objects inside one another note into one list. Used by one thread, within one reading.
final class DefinitionReader {
    /// More would not help anybody.
    private static let maximumMistakes = 100

    private(set) var mistakes: [DefinitionMistake] = []

    func note(_ path: String, _ message: String) {
        guard self.mistakes.count < Self.maximumMistakes else { return }
        self.mistakes.append(DefinitionMistake(path: path, message: message))
    }

    /// - Returns: whether the value is an object; unknown members are noted.
    func object(_ value: JSONValue, _ path: String, members: [String]) -> Bool {
        guard value.isObject else {
            self.note(path, "must be an object")
            return false
        }
        for member in value.members.lastWins {
            let name = member.key.string
            guard !members.contains(name) else { continue }
            self.note(
                Self.join(path, String(name.prefix(64))),
                "is not known here; allowed are \(members.joined(separator: ", "))"
            )
        }
        return true
    }

    /// The elements of a list, each with its path; empty if it is not a list.
    func list(_ value: JSONValue?, _ path: String, count: ClosedRange<Int>) -> [(value: JSONValue, path: String)] {
        guard let value else {
            if count.lowerBound > 0 { self.note(path, "is missing") }
            return []
        }
        guard value.isArray, count.contains(value.count) else {
            self.note(path, "must be a list of \(count.lowerBound) to \(count.upperBound)")
            return []
        }
        return value.elements.enumerated().map { ($1, "\(path)[\($0)]") }
    }

    /// A text of 1 to so many characters, without control characters.
    func text(_ value: JSONValue?, _ path: String, maximum: Int, isNeeded: Bool = true) -> String? {
        guard let value, !(value.isNull && !isNeeded) else {
            if isNeeded { self.note(path, "is missing") }
            return nil
        }
        guard let text = value.string, (1...maximum).contains(text.unicodeScalars.count),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
            text.contains(where: { !$0.isWhitespace })
        else {
            self.note(path, "must be a text of 1 to \(maximum) characters without control characters")
            return nil
        }
        return text
    }

    func number(_ value: JSONValue?, _ path: String, in range: ClosedRange<Double>, default standard: Double?) -> Double
    {
        guard let value else {
            guard let standard else {
                self.note(path, "is missing")
                return range.lowerBound
            }
            return standard
        }
        guard let number = value.double, range.contains(number) else {
            self.note(path, "must be a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))")
            return standard ?? range.lowerBound
        }
        return number
    }

    func word<Word: RawRepresentable & CaseIterable>(
        _ value: JSONValue?,
        _ path: String,
        of type: Word.Type,
        default standard: Word? = nil
    ) -> Word? where Word.RawValue == String {
        guard let value else {
            if standard == nil { self.note(path, "is missing") }
            return standard
        }
        guard let word = value.string.flatMap({ Word(rawValue: $0) }) else {
            self.note(path, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
            return standard
        }
        return word
    }

    static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}
