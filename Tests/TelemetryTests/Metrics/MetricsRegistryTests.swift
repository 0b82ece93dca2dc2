import Metrics
import Testing

@testable import Telemetry

@Suite struct MetricsRegistryTests {
    private let registry = MetricsRegistry(descriptions: [
        MetricDescription("intake.events", help: "Events taken in."),
        MetricDescription("batch.size", help: "Events in a batch.", buckets: [10, 1, 100, 10, .infinity]),
    ])

    private func check(_ labels: [(String, String)] = []) -> ExpositionChecker {
        let text = self.registry.prometheusText(extraLabels: labels)
        let checker = ExpositionChecker(text)
        #expect(checker.mistakes.isEmpty, "\(String(decoding: text, as: UTF8.self))")
        return checker
    }

    @Test func everyKindIsExposed() {
        Counter(label: "intake.events", dimensions: [("source", "web")], factory: self.registry).increment(by: 3)
        FloatingPointCounter(label: "seconds spent", factory: self.registry).increment(by: 0.5)
        let meter = Meter(label: "spool.depth", factory: self.registry)
        meter.set(7)
        meter.decrement(by: 2)
        Gauge(label: "2fast", factory: self.registry).record(1.5)
        let recorder = Recorder(label: "batch.size", factory: self.registry)
        for value in [1, 2, 50, 1000] { recorder.record(value) }
        Metrics.Timer(label: "commit", factory: self.registry).recordNanoseconds(300_000)

        let checker = self.check()
        #expect(checker.types["intake_events_total"] == "counter")
        #expect(checker.value("intake_events_total", ["source": "web"]) == 3)
        #expect(checker.value("seconds_spent_total") == 0.5)
        #expect(checker.value("spool_depth") == 5)
        #expect(checker.value("_2fast") == 1.5)
        #expect(checker.value("batch_size_bucket", ["le": "1"]) == 1)
        #expect(checker.value("batch_size_bucket", ["le": "10"]) == 2)
        #expect(checker.value("batch_size_bucket", ["le": "100"]) == 3)
        #expect(checker.value("batch_size_bucket", ["le": "+Inf"]) == 4)
        #expect(checker.value("batch_size_sum") == 1053)
        #expect(checker.value("batch_size_count") == 4)
        #expect(checker.value("commit_seconds_bucket", ["le": "0.00025"]) == 0)
        #expect(checker.value("commit_seconds_bucket", ["le": "0.0005"]) == 1)
        #expect(checker.value("commit_seconds_sum") == 0.0003)
    }

    @Test func helpComesFromTheDescription() {
        Counter(label: "intake.events", factory: self.registry).increment()
        let text = String(decoding: self.registry.prometheusText(), as: UTF8.self)
        #expect(text.contains("# HELP intake_events_total Events taken in.\n# TYPE intake_events_total counter\n"))
    }

    @Test func theSameLabelsAreTheSameHandler() {
        let first = self.registry.makeCounter(label: "x", dimensions: [("a", "1"), ("b", "2")])
        let second = self.registry.makeCounter(label: "x", dimensions: [("b", "2"), ("a", "1")])
        let other = self.registry.makeCounter(label: "x", dimensions: [("a", "1")])
        #expect(first === second)
        #expect(first !== other)
        let timer = self.registry.makeTimer(label: "t", dimensions: [])
        #expect(timer === self.registry.makeTimer(label: "t", dimensions: []))
    }

    @Test func aDestroyedSeriesIsGone() {
        let counter = self.registry.makeCounter(label: "x", dimensions: [("a", "1")])
        counter.increment(by: 1)
        self.registry.destroyCounter(counter)
        #expect(self.check().types["x_total"] == nil)
        #expect(self.registry.makeCounter(label: "x", dimensions: [("a", "1")]) !== counter)
    }

    @Test func labelsAreEscapedAndMadeValid() {
        let value = "a\"b\\c\nd, {e=\"f\"} é"
        self.registry.makeCounter(label: "x", dimensions: [("my label", value), ("le", "1"), ("__x", "2")])
            .increment(by: 1)
        let checker = self.check([("responder", "a\"1")])
        #expect(
            checker.value(
                "x_total",
                ["my_label": value, "label_le": "1", "label___x": "2", "responder": "a\"1"]
            ) == 1
        )
    }

    @Test func extraLabelsDoNotDoubleAnExistingOne() {
        self.registry.makeCounter(label: "x", dimensions: [("responder", "own")]).increment(by: 1)
        #expect(self.check([("responder", "extra")]).value("x_total", ["responder": "own"]) == 1)
    }

    @Test func seriesBeyondTheLimitAreCountedNotKept() {
        let registry = MetricsRegistry(seriesLimit: 10)
        for number in 0..<25 {
            registry.makeCounter(label: "x", dimensions: [("id", "\(number)")]).increment(by: 1)
        }
        let checker = ExpositionChecker(registry.prometheusText())
        #expect(checker.samples.count(where: { $0.name == "x_total" }) == 10)
        #expect(checker.value("metrics_series_refused_total") == 15)
    }

    @Test func aNameHasOneKind() {
        self.registry.makeMeter(label: "x", dimensions: []).set(Int64(1))
        self.registry.makeRecorder(label: "x", dimensions: [], aggregate: true).record(Int64(5))
        let checker = self.check()
        #expect(checker.value("x") == 1)
        #expect(checker.value("metrics_series_refused_total") == 1)
    }

    @Test func countersNeverFall() {
        let counter = self.registry.makeCounter(label: "x", dimensions: [])
        counter.increment(by: 5)
        counter.increment(by: -3)
        let floating = self.registry.makeFloatingPointCounter(label: "y", dimensions: [])
        floating.increment(by: .nan)
        floating.increment(by: .infinity)
        floating.increment(by: -1)
        let checker = self.check()
        #expect(checker.value("x_total") == 5)
        #expect(checker.value("y_total") == 0)
    }

    @Test func oddDurationsDoNotSpoilATimer() {
        let timer = self.registry.makeTimer(label: "t", dimensions: [])
        timer.recordNanoseconds(-5)
        timer.recordNanoseconds(Int64.max)
        let recorder = self.registry.makeRecorder(label: "r", dimensions: [], aggregate: true)
        recorder.record(Double.nan)
        recorder.record(1e9)
        let checker = self.check()
        #expect(checker.value("t_seconds_count") == 2)
        #expect(checker.value("r_count") == 1)
        #expect(checker.value("r_bucket", ["le": "1000000"]) == 0)
    }

    @Test func collectorsAreReadAtEachReading() {
        self.registry.addCollector {
            var family = MetricFamily("spool.depth", help: "Calls that wait.", kind: .gauge)
            family.add(3, labels: [("source", "web")])
            family.add(4, labels: [("source", "app")])
            return [family, MetricFamily("build_info", help: "line\nbreak \\", kind: .gauge, value: 1)]
        }
        self.registry.addCollector {
            [
                MetricFamily("spool.depth", help: "Again.", kind: .gauge, value: 9),
                MetricFamily("empty", help: "Nothing.", kind: .gauge),
            ]
        }
        let checker = self.check()
        #expect(checker.value("spool_depth", ["source": "app"]) == 4)
        #expect(checker.value("spool_depth") == 9)
        #expect(checker.types["empty"] == nil)
    }

    @Test func threadsCountExactly() async {
        let counter = Counter(label: "hits", factory: self.registry)
        let sum = FloatingPointCounter(label: "sum", factory: self.registry)
        let timer = Metrics.Timer(label: "t", factory: self.registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for number in 0..<5000 {
                        counter.increment()
                        sum.increment(by: 0.25)
                        timer.recordNanoseconds(Int64(number) * 1000)
                    }
                }
            }
            group.addTask { for _ in 0..<20 { _ = self.check() } }
        }
        let checker = self.check()
        #expect(checker.value("hits_total") == 40_000)
        #expect(checker.value("sum_total") == 10_000)
        #expect(checker.value("t_seconds_count") == 40_000)
    }

    @Test(arguments: [
        (0.0, "0"), (1.0, "1"), (-3.0, "-3"), (0.005, "0.005"), (1e-7, "1e-07"), (1e16, "1e+16"), (2.5, "2.5"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func numbersAreAsPrometheusReadsThem(value: Double, expected: String) {
        #expect(PrometheusText.number(value) == expected)
    }
}
