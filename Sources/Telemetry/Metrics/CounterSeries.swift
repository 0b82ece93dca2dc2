import Metrics
import Synchronization

/// A counter's value. Any thread; one atomic addition.
final class CounterSeries: CounterHandler, MetricSeries, Sendable {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        // A counter only grows: Prometheus reads a fall as a restart.
        guard amount > 0 else { return }
        self.value.add(amount, ordering: .relaxed)
    }

    func reset() {
        self.value.store(0, ordering: .relaxed)
    }

    func samples(labels: MetricLabels, into family: inout MetricFamily) {
        family.add(.init(suffix: "", labels: labels, bound: nil, value: Double(self.value.load(ordering: .relaxed))))
    }
}
