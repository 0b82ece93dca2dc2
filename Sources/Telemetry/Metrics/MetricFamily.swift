/// One metric with all its series at one moment: what collectors hand to the registry, and what the text is made of.
/// A value.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// The exposed name; it is made valid when the text is written.
    package let name: String
    /// One sentence with the unit.
    package let help: String
    package let kind: Kind
    private(set) var samples: [Sample] = []

    /// A line of the text.
    struct Sample: Sendable {
        /// `_bucket`, `_sum`, `_count` of a histogram, else empty.
        let suffix: String
        let labels: MetricLabels
        /// The upper bound of a bucket.
        let bound: Double?
        let value: Double
    }

    package init(_ name: String, help: String, kind: Kind) {
        self.name = name
        self.help = help
        self.kind = kind
    }

    /// A family of one sample.
    package init(_ name: String, help: String, kind: Kind, value: Double, labels: [(String, String)] = []) {
        self.init(name, help: help, kind: kind)
        self.add(value, labels: labels)
    }

    /// Adds the value of one series of a counter or gauge; each set of labels once.
    package mutating func add(_ value: Double, labels: [(String, String)] = []) {
        self.add(Sample(suffix: "", labels: MetricLabels(labels), bound: nil, value: value))
    }

    mutating func add(_ sample: Sample) {
        self.samples.append(sample)
    }
}
