package import Metrics
import Synchronization

/// swift-metrics' back end: counters, gauges and histograms in atomics, read as Prometheus text.
///
/// The same label with the same dimensions is the same handler, whoever asks for it. Counters end in `_total`, timers
/// in `_seconds`; a recorder that aggregates is a histogram, one that does not is a gauge. At most `seriesLimit` series
/// exist; requests beyond, or under a name that another kind has, get a handler that is in no text, and
/// `metrics_series_refused_total` counts them. Recording takes no lock; making a handler and reading take one.
/// Thread-safe.
package final class MetricsRegistry: MetricsFactory, Sendable {
    private let store: Mutex<MetricsStore>

    package init(seriesLimit: Int = MetricsLimits.series, descriptions: [MetricDescription] = []) {
        var store = MetricsStore(limit: seriesLimit)
        for description in descriptions {
            store.describe(description)
        }
        self.store = Mutex(store)
    }

    /// Sets a metric's help and buckets; buckets count for series that are made afterwards.
    package func describe(_ description: MetricDescription) {
        self.store.withLock { $0.describe(description) }
    }

    /// Adds figures that are read, not recorded: they are asked for at each reading, on the reader's thread. Families of
    /// a name that is already there are joined to it.
    package func addCollector(_ collector: @escaping @Sendable () -> [MetricFamily]) {
        self.store.withLock { $0.add(collector: collector) }
    }

    /// Everything in Prometheus' text format 0.0.4, sorted by name.
    ///
    /// - Parameter extraLabels: added to every sample that does not have them.
    package func prometheusText(extraLabels: [(String, String)] = []) -> [UInt8] {
        PrometheusText.write(self.gather(), extraLabels: extraLabels)
    }

    /// Everything as values, in no order.
    package func gather() -> [MetricFamily] {
        var (families, collectors, refused) = self.store.withLock { ($0.gather(), $0.collectors, $0.refused) }
        for collector in collectors {
            families.append(contentsOf: collector())
        }
        families.append(
            MetricFamily(
                "metrics_series_refused_total",
                help: "Requests for a metric series beyond the limit or under a name of another kind.",
                kind: .counter,
                value: Double(refused)
            )
        )
        return families
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.series(label, suffix: "_total", .counter, dimensions) { _ in CounterSeries() }
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.series(label, suffix: "_total", .counter, dimensions) { _ in FloatingCounterSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.series(label, suffix: "", .gauge, dimensions) { _ in GaugeSeries() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            self.series(label, suffix: "", .histogram, dimensions) { buckets in
                HistogramSeries(bounds: buckets ?? MetricsLimits.recorderBuckets)
            }
        } else {
            self.series(label, suffix: "", .gauge, dimensions) { _ in GaugeSeries() }
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.series(label, suffix: "_seconds", .histogram, dimensions) { buckets in
            HistogramSeries(bounds: buckets ?? MetricsLimits.timerBuckets)
        }
    }

    package func destroyCounter(_ handler: any CounterHandler) { self.remove(handler) }

    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { self.remove(handler) }

    package func destroyMeter(_ handler: any MeterHandler) { self.remove(handler) }

    package func destroyRecorder(_ handler: any RecorderHandler) { self.remove(handler) }

    package func destroyTimer(_ handler: any TimerHandler) { self.remove(handler) }

    private func series<Series: MetricSeries>(
        _ label: String,
        suffix: String,
        _ kind: MetricFamily.Kind,
        _ dimensions: [(String, String)],
        make: ([Double]?) -> Series
    ) -> Series {
        let name = MetricName.metric(label, suffix: suffix)
        let labels = MetricLabels(dimensions)
        return self.store.withLock { store in
            let buckets = store.buckets(label: label, name: name)
            return store.series(name: name, kind: kind, labels: labels) { make(buckets) }
        }
    }

    private func remove(_ handler: AnyObject) {
        guard let series = handler as? any MetricSeries else { return }
        self.store.withLock { $0.remove(series) }
    }
}
