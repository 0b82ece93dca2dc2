/// The registry's state: families by name, their series by labels, descriptions, collectors. Pure state behind the
/// registry's mutex.
struct MetricsStore {
    private struct Family {
        let kind: MetricFamily.Kind
        var series: [MetricLabels: any MetricSeries] = [:]
    }

    private let limit: Int
    private var families: [String: Family] = [:]
    private var descriptions: [String: MetricDescription] = [:]
    private(set) var collectors: [@Sendable () -> [MetricFamily]] = []
    private var seriesCount = 0
    /// Requests for a series that got none: the limit was reached, or the name belongs to a metric of another kind.
    private(set) var refused: UInt64 = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func describe(_ description: MetricDescription) {
        self.descriptions[MetricName.metric(description.label)] = description
    }

    mutating func add(collector: @escaping @Sendable () -> [MetricFamily]) {
        self.collectors.append(collector)
    }

    /// The buckets that were described for a metric, if any.
    func buckets(label: String, name: String) -> [Double]? {
        self.description(label: label, name: name)?.buckets
    }

    /// The series of these labels, made if it is new. A refused one works but is in no text.
    mutating func series<Series: MetricSeries>(
        name: String,
        kind: MetricFamily.Kind,
        labels: MetricLabels,
        make: () -> Series
    ) -> Series {
        if let known = self.families[name]?.series[labels] as? Series { return known }
        let series = make()
        let isOtherKind = self.families[name].map { $0.kind != kind || $0.series[labels] != nil } ?? false
        guard !isOtherKind, self.seriesCount < self.limit else {
            self.refused &+= 1
            return series
        }
        self.families[name, default: Family(kind: kind)].series[labels] = series
        self.seriesCount += 1
        return series
    }

    /// Forgets a series, wherever it stands.
    mutating func remove(_ series: any MetricSeries) {
        for (name, family) in self.families {
            guard let labels = family.series.first(where: { $0.value === series })?.key else { continue }
            self.families[name]?.series[labels] = nil
            self.seriesCount -= 1
            if self.families[name]?.series.isEmpty == true {
                self.families[name] = nil
            }
            return
        }
    }

    /// All families with their current values.
    func gather() -> [MetricFamily] {
        self.families.map { name, family in
            var gathered = MetricFamily(
                name,
                help: self.description(label: name, name: name)?.help ?? "",
                kind: family.kind
            )
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.samples(labels: labels, into: &gathered)
            }
            return gathered
        }
    }

    /// Descriptions are found by the code's label or by the exposed name with its unit or `_total`.
    private func description(label: String, name: String) -> MetricDescription? {
        if let found = self.descriptions[name] ?? self.descriptions[MetricName.metric(label)] { return found }
        for suffix in ["_total", "_seconds"] where name.hasSuffix(suffix) {
            if let found = self.descriptions[String(name.dropLast(suffix.count))] { return found }
        }
        return nil
    }
}

extension MetricLabels: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        left.pairs.lexicographicallyPrecedes(right.pairs) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}
