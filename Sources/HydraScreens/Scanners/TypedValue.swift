import JSON

/// What somebody typed, as JSON: a number or a truth value where it reads like one, else a text. Comparing takes `5` and
/// `"5"` for the same.
enum TypedValue {
    static func write(_ text: String, into writer: inout JSONWriter) {
        if let whole = Int64(text), !text.hasPrefix("+") {
            writer.value(whole)
        } else if text.utf8.allSatisfy({ Self.numeric.contains($0) }), let number = Double(text), number.isFinite {
            writer.value(number)
        } else if text == "true" || text == "false" {
            writer.value(text == "true")
        } else {
            writer.value(text)
        }
    }

    /// Without it `nan`, `0x10` and `infinity` would be numbers.
    private static let numeric = Set("0123456789+-.eE".utf8)
}

/// Several values in one field: between commas, in quotation marks where they have commas themselves.
enum ValueList {
    static func text(_ elements: [String]) -> String {
        elements.map { element in
            element.contains { ",\"\n".contains($0) } || element.trimmingSpace() != element
                ? "\"" + element.replacing("\"", with: "\"\"") + "\"" : element
        }.joined(separator: ", ")
    }

    static func elements(_ text: String) -> [String] {
        var elements: [String] = []
        var current = ""
        var isQuoted = false
        var wasQuoted = false
        var rest = Array(text.unicodeScalars)[...]
        func finish(_ last: inout String, _ quoted: Bool) {
            let element = quoted ? last : last.trimmingSpace()
            if quoted || !element.isEmpty { elements.append(element) }
            last = ""
        }
        while let scalar = rest.popFirst() {
            if isQuoted {
                if scalar != "\"" {
                    current.unicodeScalars.append(scalar)
                } else if rest.first == "\"" {
                    current.unicodeScalars.append(scalar)
                    rest.removeFirst()
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"", current.trimmingSpace().isEmpty, !wasQuoted {
                current = ""
                isQuoted = true
                wasQuoted = true
            } else if scalar == "," || scalar == "\n" {
                finish(&current, wasQuoted)
                wasQuoted = false
            } else if !(wasQuoted && scalar.properties.isWhitespace) {
                current.unicodeScalars.append(scalar)
            }
        }
        finish(&current, wasQuoted)
        return elements
    }
}
