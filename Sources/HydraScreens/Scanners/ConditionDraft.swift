import HydraScanners
import JSON

/// A condition as it is typed: nothing in it need be right.
///
/// A value; any thread.
struct ConditionDraft: Equatable {
    var subject = ""
    var comparison = Operator.is.rawValue
    var value = ""
    var weight = "1"

    init() {}

    init(_ condition: JSONValue) {
        self.subject = condition.text("subject") ?? ""
        self.comparison = condition.text("operator") ?? ""
        self.weight = condition["weight"]?.display ?? "1"
        guard let value = condition["value"] else { return }
        self.value = value.isArray ? ValueList.text(value.elements.map { Self.typed($0) }) : Self.typed(value)
    }

    /// - Parameter path: of the condition in the form, as in the API's mistakes.
    init(_ form: FormFields, _ path: String) {
        self.subject = form.trimmed("\(path).subject")
        self.comparison = form.trimmed("\(path).operator")
        self.value = form["\(path).value"] ?? ""
        self.weight = form.trimmed("\(path).weight")
    }

    var isEmpty: Bool { self.subject.isEmpty && self.value.trimmingSpace().isEmpty }

    private static func typed(_ value: JSONValue) -> String {
        value.string ?? value.int64.map { "\($0)" } ?? value.rawString
    }

    func write(hasWeight: Bool, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("subject", self.subject)
        writer.member("operator", self.comparison)
        let text = self.value.trimmingSpace()
        switch Operator(rawValue: self.comparison)?.operand {
        case nil, .none?: if !text.isEmpty { writer.member("value", text) }
        case .text: writer.member("value", text)
        case .one, .number:
            writer.key("value")
            TypedValue.write(text, into: &writer)
        case .list, .range:
            writer.key("value")
            writer.beginArray()
            for element in ValueList.elements(text) { TypedValue.write(element, into: &writer) }
            writer.endArray()
        }
        if hasWeight {
            writer.key("weight")
            TypedValue.write(self.weight.isEmpty ? "1" : self.weight, into: &writer)
        }
        writer.endObject()
    }
}
