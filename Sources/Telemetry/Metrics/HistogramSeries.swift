import Metrics
import Synchronization

/// How often values fell into each of a few fixed ranges, and their sum: a timer or an aggregating recorder. Any
/// thread; recording is two atomic additions and no lock.
final class HistogramSeries: TimerHandler, RecorderHandler, MetricSeries, Sendable {
    /// Upper bounds, ascending.
    private let bounds: [Double]
    /// Values for each bound, and behind them those above the last.
    private let counts: InlineArray<25, Atomic<UInt64>>
    private let sum = AtomicDouble()

    /// - Parameter bounds: brought into order; duplicates, non-finite ones and those above ``MetricsLimits/buckets``
    ///   are left out.
    init(bounds: [Double]) {
        var ordered: [Double] = []
        for bound in bounds.filter(\.isFinite).sorted() where ordered.last != bound {
            ordered.append(bound)
        }
        self.bounds = Array(ordered.prefix(MetricsLimits.buckets))
        self.counts = InlineArray { _ in Atomic(0) }
    }

    /// Records a duration, exposed in seconds; a negative one, from a clock that was set, counts as 0.
    func recordNanoseconds(_ duration: Int64) {
        self.record(Double(max(0, duration)) / 1_000_000_000)
    }

    func record(_ value: Int64) { self.record(Double(value)) }

    func record(_ value: Double) {
        // NaN has no bucket and would spoil the sum for ever.
        guard value.isFinite else { return }
        let index = self.bounds.firstIndex { value <= $0 } ?? self.bounds.count
        self.counts[index].add(1, ordering: .relaxed)
        self.sum.add(value)
    }

    func samples(labels: MetricLabels, into family: inout MetricFamily) {
        var cumulative: UInt64 = 0
        for (index, bound) in self.bounds.enumerated() {
            cumulative &+= self.counts[index].load(ordering: .relaxed)
            family.add(.init(suffix: "_bucket", labels: labels, bound: bound, value: Double(cumulative)))
        }
        cumulative &+= self.counts[self.bounds.count].load(ordering: .relaxed)
        // The count is the last bucket by construction, however many values arrive while this is read.
        family.add(.init(suffix: "_bucket", labels: labels, bound: .infinity, value: Double(cumulative)))
        family.add(.init(suffix: "_sum", labels: labels, bound: nil, value: self.sum.value))
        family.add(.init(suffix: "_count", labels: labels, bound: nil, value: Double(cumulative)))
    }
}
