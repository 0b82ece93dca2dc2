import Metrics

/// The value of a counter that grows by fractions. Any thread.
final class FloatingCounterSeries: FloatingPointCounterHandler, MetricSeries, Sendable {
    private let value = AtomicDouble()

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        self.value.add(amount)
    }

    func reset() {
        self.value.store(0)
    }

    func samples(labels: MetricLabels, into family: inout MetricFamily) {
        family.add(.init(suffix: "", labels: labels, bound: nil, value: self.value.value))
    }
}
