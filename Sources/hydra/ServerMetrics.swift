import Hydra
import HydraEngine
import Metrics
import Telemetry

/// Counts what was answered, and writes `/-/metrics`. Any thread.
struct ServerMetrics: APIObserver {
    private static let descriptions = [
        MetricDescription("hydra_calls_total", help: "Calls by type and by what became of them, alone or in batches."),
        MetricDescription(
            "hydra_call_duration_seconds",
            help: "From a request's first byte to the answer to a call, the commit included, in seconds."
        ),
        MetricDescription(
            "hydra_requests_total",
            help: "Other requests by route and status class; sign_in with 4xx are attempts that failed."
        ),
    ]

    private let registry = MetricsRegistry(descriptions: Self.descriptions)

    init(engine: Engine, log: LogSink) {
        self.registry.addCollector { ProcessFigures.read()?.families ?? [] }
        self.registry.addCollector {
            [
                MetricFamily(
                    "hydra_build_info",
                    help: "1, with the version.",
                    kind: .gauge,
                    value: 1,
                    labels: [("version", ProductVersion.text)]
                ),
                MetricFamily(
                    "hydra_log_lines_dropped_total",
                    help: "Log lines that were dropped because the log could not be written fast enough.",
                    kind: .counter,
                    value: Double(log.dropped)
                ),
            ]
        }
        self.registry.addCollector { (try? engine.figures()).map(Self.families) ?? [] }
    }

    func handled(_ call: HandledCall) {
        let type = call.type ?? "none"
        self.counter("hydra_calls_total", [("type", type), ("result", call.code)]).increment()
        Timer(label: "hydra_call_duration_seconds", dimensions: [("type", type)], factory: self.registry)
            .recordNanoseconds(Int64(clamping: call.duration))
    }

    func answered(_ request: AnsweredRequest) {
        let labels = [("route", request.route ?? "none"), ("status", "\(request.status / 100)xx")]
        self.counter("hydra_requests_total", labels).increment()
    }

    var text: [UInt8] { self.registry.prometheusText() }

    private func counter(_ name: String, _ labels: [(String, String)]) -> Counter {
        Counter(label: name, dimensions: labels, factory: self.registry)
    }

    private static func families(_ figures: EngineFigures) -> [MetricFamily] {
        func gauge(_ name: String, _ help: String, _ value: some BinaryInteger) -> MetricFamily {
            MetricFamily(name, help: help, kind: .gauge, value: Double(value))
        }
        var stale = MetricFamily(
            "hydra_scanner_stale_records",
            help: "Records that the scanners are to look at again.",
            kind: .gauge
        )
        stale.add(Double(figures.stalePersons), labels: [("kind", "person")])
        stale.add(Double(figures.staleCompanies), labels: [("kind", "company")])
        return [
            MetricFamily(
                "hydra_events_total",
                help: "Events that were ever kept.",
                kind: .counter,
                value: Double(figures.lastEvent)
            ),
            gauge(
                "hydra_scanner_lag_events",
                "Events that the scanners have not looked at.",
                figures.unscannedEvents
            ),
            stale,
            gauge("hydra_scanner_open_runs", "Runs over all records that have not finished.", figures.openRuns),
            gauge("hydra_patterns_lag_events", "Events that the patterns do not know yet.", figures.unminedEvents),
            gauge("hydra_database_bytes", "Size of the database.", figures.databaseBytes),
            gauge("hydra_database_free_bytes", "Bytes of it that are free.", figures.freeBytes),
            gauge("hydra_refusing", "1 while calls cannot be kept.", figures.isRefusing ? 1 : 0),
        ]
    }
}

/// Tells two observers.
struct BothObservers: APIObserver {
    let log: CallLog
    let metrics: ServerMetrics

    func handled(_ call: HandledCall) {
        self.log.handled(call)
        self.metrics.handled(call)
    }

    func answered(_ request: AnsweredRequest) {
        self.log.answered(request)
        self.metrics.answered(request)
    }
}
