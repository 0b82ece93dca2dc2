extension PrometheusText {
    /// One process' text and who it is from.
    package struct Part: Sendable {
        /// The value of the label that tells the parts apart; nil for what belongs to none of the processes alone, whose
        /// samples get no such label.
        package let owner: String?
        package let text: [UInt8]

        package init(owner: String?, text: [UInt8]) {
            self.owner = owner
            self.text = text
        }
    }

    /// Joins the texts of several processes into one valid exposition: each family once with one HELP and one TYPE line,
    /// each sample with the label `label="owner"`.
    ///
    /// Where two parts call a family by different types (during an upgrade), the first part's type counts and the
    /// other's samples are left out. Lines that are not valid are left out. A family that the part without owner has
    /// (it stands first) is left out of the others: it is one thing that all of them see.
    package static func merge(_ parts: [Part], label: String) -> [UInt8] {
        let label = MetricName.label(label)
        var families: [Substring: MergedFamily] = [:]
        var common: Set<Substring> = []
        for part in parts {
            let prefix = part.owner.map { self.labelText(label, $0) }
            var current: Substring?
            // A copy whose bytes are not UTF-8 is repaired here, at the border.
            let text = String(decoding: part.text, as: UTF8.self)
            for line in text.split(separator: "\n") {
                if line.hasPrefix("# ") {
                    let words = line.dropFirst(2).split(separator: " ", maxSplits: 2)
                    guard words.count == 3 else { continue }
                    switch words[0] {
                    case "HELP":
                        families[words[1], default: MergedFamily()].setHelp(words[2])
                    case "TYPE":
                        if prefix == nil { common.insert(words[1]) }
                        guard prefix == nil || !common.contains(words[1]) else {
                            current = nil
                            continue
                        }
                        let accepted = families[words[1], default: MergedFamily()].setType(words[2])
                        current = accepted ? words[1] : nil
                    default:
                        continue
                    }
                } else if let current, let sample = self.sample(line, of: current) {
                    families[current]?.append(sample, label: label, prefix: prefix)
                }
            }
        }
        var text: [UInt8] = []
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            family.write(name: name, to: &text)
        }
        return text
    }

    private static func labelText(_ name: String, _ value: String) -> String {
        var text = Array("\(name)=\"".utf8)
        self.appendEscaped(value, quote: true, to: &text)
        text.append(UInt8(ascii: "\""))
        return String(decoding: text, as: UTF8.self)
    }

    /// A sample line taken apart; nil when it is not one of the family.
    private static func sample(_ line: Substring, of family: Substring) -> MergedFamily.Sample? {
        guard let nameEnd = line.firstIndex(where: { $0 == "{" || $0 == " " }) else { return nil }
        let name = line[..<nameEnd]
        guard name == family || ["_bucket", "_sum", "_count"].contains(where: { name == family + $0 }) else {
            return nil
        }
        guard line[nameEnd] == "{" else {
            return MergedFamily.Sample(name: name, labels: "", value: line[line.index(after: nameEnd)...])
        }
        guard let brace = self.closingBrace(line[line.index(after: nameEnd)...]) else { return nil }
        let value = line[line.index(after: brace)...]
        guard value.first == " " else { return nil }
        return MergedFamily.Sample(
            name: name,
            labels: line[line.index(after: nameEnd)..<brace],
            value: value.dropFirst()
        )
    }

    /// The brace that ends the labels: one inside a quoted value does not.
    private static func closingBrace(_ text: Substring) -> Substring.Index? {
        var isQuoted = false
        var isEscaped = false
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if !isQuoted, byte == UInt8(ascii: "}") {
                return index
            }
        }
        return nil
    }
}

/// A family while texts are joined. A value for one call.
private struct MergedFamily {
    struct Sample {
        let name: Substring
        let labels: Substring
        let value: Substring
    }

    private var help: Substring?
    private var type: Substring?
    private var lines: [String] = []

    mutating func setHelp(_ help: Substring) {
        if self.help == nil { self.help = help }
    }

    /// Returns whether the family has this type.
    mutating func setType(_ type: Substring) -> Bool {
        if self.type == nil { self.type = type }
        return self.type == type
    }

    mutating func append(_ sample: Sample, label: String, prefix: String?) {
        guard let prefix else {
            self.lines.append("\(sample.name)\(sample.labels.isEmpty ? "" : "{\(sample.labels)}") \(sample.value)\n")
            return
        }
        let hasLabel = sample.labels.hasPrefix("\(label)=\"") || sample.labels.contains(",\(label)=\"")
        let labels: String
        if hasLabel {
            labels = String(sample.labels)
        } else {
            labels = sample.labels.isEmpty ? prefix : "\(prefix),\(sample.labels)"
        }
        self.lines.append("\(sample.name){\(labels)} \(sample.value)\n")
    }

    func write(name: Substring, to text: inout [UInt8]) {
        guard let type, !self.lines.isEmpty else { return }
        text.append(contentsOf: "# HELP \(name) \(self.help ?? name)\n# TYPE \(name) \(type)\n".utf8)
        for line in self.lines {
            text.append(contentsOf: line.utf8)
        }
    }
}
