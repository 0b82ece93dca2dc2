/// Prometheus' text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). Pure; any thread.
package enum PrometheusText {
    /// The `Content-Type` of an answer that carries it.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes families, sorted by name; families of the same name and kind become one, and a sample that stands twice is
    /// written once.
    static func write(_ families: [MetricFamily], extraLabels: [(String, String)]) -> [UInt8] {
        var byName: [String: [MetricFamily]] = [:]
        for family in families {
            byName[MetricName.metric(family.name), default: []].append(family)
        }
        let extra = MetricLabels(extraLabels)
        var text: [UInt8] = []
        text.reserveCapacity(64 << 10)
        for (name, families) in byName.sorted(by: { $0.key < $1.key }) {
            guard let first = families.first(where: { !$0.samples.isEmpty }) else { continue }
            self.appendHead(name: name, help: first.help, kind: first.kind.rawValue, to: &text)
            var seen: Set<SampleKey> = []
            for family in families where family.kind == first.kind {
                for sample in family.samples {
                    let key = SampleKey(suffix: sample.suffix, labels: sample.labels, bound: sample.bound)
                    guard seen.insert(key).inserted else { continue }
                    self.append(sample, of: name, extra: extra, to: &text)
                }
            }
        }
        return text
    }

    private struct SampleKey: Hashable {
        let suffix: String
        let labels: MetricLabels
        let bound: Double?
    }

    static func appendHead(name: String, help: String, kind: String, to text: inout [UInt8]) {
        text.append(contentsOf: "# HELP \(name) ".utf8)
        self.appendEscaped(help.isEmpty ? name : help, quote: false, to: &text)
        text.append(contentsOf: "\n# TYPE \(name) \(kind)\n".utf8)
    }

    private static func append(
        _ sample: MetricFamily.Sample,
        of name: String,
        extra: MetricLabels,
        to text: inout [UInt8]
    ) {
        text.append(contentsOf: name.utf8)
        text.append(contentsOf: sample.suffix.utf8)
        var separator = UInt8(ascii: "{")
        func appendLabel(_ name: String, _ value: String) {
            text.append(separator)
            separator = UInt8(ascii: ",")
            text.append(contentsOf: name.utf8)
            text.append(contentsOf: "=\"".utf8)
            self.appendEscaped(value, quote: true, to: &text)
            text.append(UInt8(ascii: "\""))
        }
        for pair in extra.pairs where !sample.labels.pairs.contains(where: { $0.name == pair.name }) {
            appendLabel(pair.name, pair.value)
        }
        for pair in sample.labels.pairs {
            appendLabel(pair.name, pair.value)
        }
        if let bound = sample.bound {
            appendLabel("le", self.number(bound))
        }
        if separator == UInt8(ascii: ",") {
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: " "))
        text.append(contentsOf: self.number(sample.value).utf8)
        text.append(UInt8(ascii: "\n"))
    }

    /// `\` and line feeds are escaped, in label values `"` as well.
    static func appendEscaped(_ value: String, quote: Bool, to text: inout [UInt8]) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): text.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\n"): text.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\"") where quote: text.append(contentsOf: "\\\"".utf8)
            default: text.append(byte)
            }
        }
    }

    /// A value as Go's ParseFloat reads it: integers without a fraction, else the shortest text that reads back the same.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        return value.description
    }
}
