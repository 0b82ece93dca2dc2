import Metrics

/// A value that goes up and down: a meter, or a recorder that does not aggregate. Any thread.
final class GaugeSeries: MeterHandler, RecorderHandler, MetricSeries, Sendable {
    private let value = AtomicDouble()

    func set(_ value: Int64) { self.value.store(Double(value)) }

    func set(_ value: Double) { self.value.store(value) }

    func increment(by amount: Double) { self.value.add(amount) }

    func decrement(by amount: Double) { self.value.add(-amount) }

    func record(_ value: Int64) { self.value.store(Double(value)) }

    func record(_ value: Double) { self.value.store(value) }

    func samples(labels: MetricLabels, into family: inout MetricFamily) {
        family.add(.init(suffix: "", labels: labels, bound: nil, value: self.value.value))
    }
}
