import Logging

/// The fields of one swift-log event under their final names, each once. A value for one call.
struct LogFields {
    /// A field's value as the line shows it.
    enum Value {
        case keyword(String)
        case number(Int64)
        case list([String])
    }

    // A line has a handful of fields: a linear search beats hashing, and the order of setting is kept.
    private var fields: [(key: String, value: Value)] = []

    /// Sets a field unless it is set already.
    mutating func set(_ key: String, _ value: Value) {
        if self.fields.contains(where: { $0.key == key }) { return }
        self.fields.append((key, value))
    }

    /// Takes metadata in, in the order of its keys so that lines are comparable; fields that are set stay.
    mutating func merge(_ metadata: Logger.Metadata) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            self.add(key, value, depth: 0)
        }
    }

    /// Writes the fields into a line.
    func append(to line: inout LogLine) {
        for (key, value) in self.fields {
            switch value {
            case .keyword(let text): line.add(key: key, text: text)
            case .number(let number): line.add(key: key, number: number)
            case .list(let texts): line.add(key: key, texts: texts)
            }
        }
    }

    private mutating func add(_ key: String, _ value: Logger.MetadataValue, depth: Int) {
        switch value {
        case .string(let text):
            self.add(key, text: text)
        case .stringConvertible(let convertible):
            self.add(key, text: convertible.description)
        case .array(let values):
            self.set(SchemaField.label(key), .list(values.prefix(LogLimits.elements).map(\.description)))
        case .dictionary(let dictionary) where depth < 4:
            for (name, value) in dictionary.sorted(by: { $0.key < $1.key }).prefix(LogLimits.elements) {
                self.add("\(key).\(name)", value, depth: depth + 1)
            }
        case .dictionary:
            self.add(key, text: value.description)
        }
    }

    private mutating func add(_ key: String, text: String) {
        switch SchemaField.kind(of: key) {
        case .keyword:
            self.set(key, .keyword(text))
        case .number:
            // A field that the schema calls a number must not become a text: the index would refuse the line.
            if let number = Int64(text) {
                self.set(key, .number(number))
            } else {
                self.set(SchemaField.label(key), .keyword(text))
            }
        case nil:
            self.set(SchemaField.label(key), .keyword(text))
        }
    }
}
