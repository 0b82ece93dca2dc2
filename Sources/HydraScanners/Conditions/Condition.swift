package import HydraDataPoints
import JSON

/// One thing that must hold: `{"subject":"role.function","operator":"isOneOf","value":["engineering","it"],"weight":2}`.
///
/// Text is compared without case and diacritics, numbers as numbers; a text that is a number counts as one where a
/// number is asked for. A list holds what one of its elements holds. A value; any thread.
package struct Condition: Sendable, Equatable {
    package let subject: Subject
    package let comparison: Operator
    /// nothing for `exists` and `isMissing`, two numbers for `between`.
    package let operands: [DataValue]
    /// How much it counts among the conditions of a persona.
    package let weight: Double
    /// The operands, ready to be compared with.
    let comparands: [Comparand]
    /// What `contains` looks for.
    let search: SubstringSearch?
    /// Under which name facts hold what it looks at: traits are kept normalised.
    let factName: String

    private static let maximumOperands = 50
    private static let maximumCharacters = 500

    package init(_ subject: Subject, _ comparison: Operator, _ operands: [DataValue] = [], weight: Double = 1) {
        self.subject = subject
        self.comparison = comparison
        self.operands = operands
        self.weight = weight
        let comparands = operands.map { Comparand($0) }
        self.comparands = comparands
        self.search = comparison == .contains ? comparands.first.map { SubstringSearch($0.text) } : nil
        switch subject {
        case .trait(let name), .companyTrait(let name): self.factName = PersonFacts.normalised(name)
        case .dataPoint(let name), .companyDataPoint(let name): self.factName = name
        case .roleFunction, .roleSeniority, .knownPeople, .usage: self.factName = ""
        }
    }

    // MARK: JSON

    static func read(
        _ value: JSONValue,
        _ path: String,
        hasWeight: Bool,
        isOfCompanies: Bool,
        _ reader: DefinitionReader
    ) -> Condition? {
        let members = ["subject", "operator", "value"] + (hasWeight ? ["weight"] : [])
        guard reader.object(value, path, members: members) else { return nil }
        let subjectPath = DefinitionReader.join(path, "subject")
        let text = reader.text(value["subject"], subjectPath, maximum: Subject.maximumCharacters)
        let subject = text.flatMap { Subject($0) }
        if text != nil, subject == nil { reader.note(subjectPath, "must be one of \(Subject.help)") }
        if let subject, isOfCompanies, subject.isOfPersons {
            reader.note(subjectPath, "is about persons; this scanner looks at companies: company.… or usage.…")
        }
        let comparison = reader.word(value["operator"], DefinitionReader.join(path, "operator"), of: Operator.self)
        let weight =
            hasWeight
            ? reader.number(value["weight"], DefinitionReader.join(path, "weight"), in: 0.1...100, default: 1) : 1
        guard let comparison else { return nil }
        let operands = self.operands(value["value"], DefinitionReader.join(path, "value"), comparison, reader)
        guard let subject, let operands else { return nil }
        return Condition(subject, comparison, operands, weight: weight)
    }

    private static func operands(
        _ value: JSONValue?,
        _ path: String,
        _ comparison: Operator,
        _ reader: DefinitionReader
    ) -> [DataValue]? {
        func refuse(_ what: String) -> [DataValue]? {
            reader.note(path, "must be \(what) with the operator \(comparison.rawValue)")
            return nil
        }
        switch comparison.operand {
        case .none: return value == nil ? [] : refuse("absent")
        case .one: return value.flatMap { self.scalar($0) }.map { [$0] } ?? refuse("a text, a number, true or false")
        case .text:
            guard let text = value?.string, !text.isEmpty, text.unicodeScalars.count <= self.maximumCharacters else {
                return refuse("a text of 1 to \(self.maximumCharacters) characters")
            }
            return [.text(text)]
        case .number:
            guard let number = value?.double, number.isFinite else { return refuse("a number") }
            return [.number(number)]
        case .list:
            guard let value, value.isArray, (1...self.maximumOperands).contains(value.count) else {
                return refuse("a list of 1 to \(self.maximumOperands) texts, numbers, true or false")
            }
            let scalars = value.elements.compactMap { self.scalar($0) }
            return scalars.count == value.count ? scalars : refuse("a list of texts, numbers, true or false")
        case .range:
            guard let value, value.isArray, value.count == 2 else { return refuse("a list of two numbers") }
            let numbers = value.elements.compactMap(\.double).filter(\.isFinite)
            guard numbers.count == 2, numbers[0] <= numbers[1] else {
                return refuse("a list of two numbers, the smaller one first,")
            }
            return numbers.map { .number($0) }
        }
    }

    private static func scalar(_ value: JSONValue) -> DataValue? {
        switch value.kind {
        case .string:
            guard let text = value.string, text.unicodeScalars.count <= self.maximumCharacters else { return nil }
            return .text(text)
        case .number: return value.double.flatMap { $0.isFinite ? .number($0) : nil }
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .object, .array, .null: return nil
        }
    }

    func write(hasWeight: Bool, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("subject", self.subject.text)
        writer.member("operator", self.comparison.rawValue)
        switch self.comparison.operand {
        case .none: break
        case .one, .text, .number:
            writer.key("value")
            if let operand = self.operands.first { operand.write(into: &writer) } else { writer.null() }
        case .list, .range:
            writer.key("value")
            writer.beginArray()
            for operand in self.operands { operand.write(into: &writer) }
            writer.endArray()
        }
        if hasWeight { writer.member("weight", self.weight) }
        writer.endObject()
    }

    /// `function is one of engineering, it`.
    package var description: String {
        let values = self.operands.map(\.text).joined(separator: self.comparison == .between ? " and " : ", ")
        return [self.subject.description, self.comparison.words, values].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
