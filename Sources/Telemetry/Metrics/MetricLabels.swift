/// A series' labels: names made valid, sorted, each once (the last wins). A value.
struct MetricLabels: Hashable, Sendable {
    let pairs: [Pair]

    struct Pair: Hashable, Sendable {
        let name: String
        let value: String
    }

    init(_ dimensions: [(String, String)]) {
        var pairs: [Pair] = []
        for (name, value) in dimensions {
            let name = MetricName.label(name)
            pairs.removeAll { $0.name == name }
            pairs.append(Pair(name: name, value: Self.bounded(value)))
        }
        pairs.sort { $0.name < $1.name }
        self.pairs = pairs
    }

    private static func bounded(_ value: String) -> String {
        guard value.utf8.count > MetricsLimits.labelValueBytes else { return value }
        var result = ""
        var bytes = 0
        for scalar in value.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > MetricsLimits.labelValueBytes { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
