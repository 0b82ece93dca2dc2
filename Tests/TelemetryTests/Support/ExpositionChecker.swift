import Foundation

/// Prometheus' text format read by its rules, as `promtool check metrics` and the server's parser would: one TYPE line
/// for each family and before its samples, valid names, quoted and escaped label values, no label and no sample twice,
/// numbers that parse, histograms that are cumulative and end with `+Inf` equal to their count.
struct ExpositionChecker {
    struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    private(set) var samples: [Sample] = []
    private(set) var types: [String: String] = [:]
    private(set) var mistakes: [String] = []

    init(_ text: [UInt8]) {
        guard let text = String(validating: text, as: UTF8.self) else {
            self.mistakes.append("The text is not UTF-8.")
            return
        }
        if !text.isEmpty, !text.hasSuffix("\n") { self.mistakes.append("The last line does not end.") }
        var current = ""
        var helps: Set<String> = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") {
                let words = line.split(separator: " ", maxSplits: 3)
                if words.count < 4 { self.mistakes.append("No help: \(line)") }
                if !helps.insert(String(words[2])).inserted { self.mistakes.append("Second HELP: \(line)") }
            } else if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ").map(String.init)
                guard words.count == 4, ["counter", "gauge", "histogram"].contains(words[3]) else {
                    self.mistakes.append("Bad TYPE: \(line)")
                    continue
                }
                if self.types[words[2]] != nil { self.mistakes.append("Second TYPE: \(line)") }
                self.types[words[2]] = words[3]
                current = words[2]
            } else if line.hasPrefix("#") || line.isEmpty {
                self.mistakes.append("Unexpected line: \(line)")
            } else {
                self.readSample(String(line), family: current)
            }
        }
        self.checkHistograms()
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        self.samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private mutating func readSample(_ line: String, family: String) {
        var rest = line[...]
        let name = String(rest.prefix { $0 != "{" && $0 != " " })
        rest = rest.dropFirst(name.count)
        let suffixes = self.types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        if !suffixes.contains(where: { family + $0 == name }) {
            self.mistakes.append("Sample outside its family \(family): \(line)")
        }
        if name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) == nil { self.mistakes.append("Bad name: \(line)") }
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                guard let match = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,?)/) else {
                    self.mistakes.append("Bad labels: \(line)")
                    return
                }
                let value = match.output.2.replacing("\\n", with: "\n").replacing("\\\"", with: "\"")
                    .replacing("\\\\", with: "\\")
                if labels.updateValue(String(value), forKey: String(match.output.1)) != nil {
                    self.mistakes.append("Label twice: \(line)")
                }
                rest = rest[match.range.upperBound...]
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = Self.number(String(rest.dropFirst())) else {
            self.mistakes.append("Bad value: \(line)")
            return
        }
        if self.value(name, labels) != nil { self.mistakes.append("Sample twice: \(line)") }
        self.samples.append(Sample(name: name, labels: labels, value: value))
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.wholeMatch(of: /-?[0-9.]+(e[+-]?[0-9]+)?/) == nil ? nil : Double(text)
        }
    }

    private mutating func checkHistograms() {
        for (family, type) in self.types where type == "histogram" {
            var groups: [[String: String]: [(Double, Double)]] = [:]
            for sample in self.samples where sample.name == family + "_bucket" {
                var labels = sample.labels
                guard let bound = labels.removeValue(forKey: "le").flatMap(Self.number) else {
                    self.mistakes.append("Bucket without le in \(family).")
                    continue
                }
                groups[labels, default: []].append((bound, sample.value))
            }
            for (labels, buckets) in groups {
                let bounds = buckets.map(\.0)
                if bounds != bounds.sorted() || bounds.last != .infinity {
                    self.mistakes.append("Bounds of \(family) are not ascending to +Inf.")
                }
                let counts = buckets.map(\.1)
                if counts != counts.sorted() { self.mistakes.append("Buckets of \(family) are not cumulative.") }
                if self.value(family + "_count", labels) != counts.last {
                    self.mistakes.append("Count of \(family) is not its last bucket.")
                }
                if self.value(family + "_sum", labels) == nil { self.mistakes.append("No sum of \(family).") }
            }
        }
    }
}
