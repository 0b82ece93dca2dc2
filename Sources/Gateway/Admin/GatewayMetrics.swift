import FastCGI
import Hydra
import Metrics
import Relay
import Spool
import Telemetry

/// The metrics that are read from figures kept elsewhere, gathered when `/-/metrics` is asked for.
enum GatewayMetrics {
    /// Help lines of the metrics that code records through swift-metrics.
    static let descriptions = [
        MetricDescription("hydra_gateway_requests_total", help: "Answered requests by route and status class."),
        MetricDescription(
            "hydra_gateway_rejections_total",
            help: "Refused requests and events that were not taken, by reason, such as write_key_unknown."
        ),
        MetricDescription(
            "hydra_gateway_request_duration_seconds",
            help: "From a request's first byte to its answer, the commit included, in seconds."
        ),
        MetricDescription(
            "hydra_gateway_delivery_duration_seconds",
            help: "Duration of a request to Hydra, in seconds."
        ),
        MetricDescription(
            "hydra_gateway_delivery_age_seconds",
            help: "From a call's arrival at the edge to Hydra's acknowledgement, in seconds.",
            buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60, 300, 3_600, 86_400]
        ),
    ]

    /// Adds the collectors. They run on the thread that asks for the text.
    static func register(
        in registry: MetricsRegistry,
        log: LogSink,
        figures: FiguresPublisher,
        requests: @escaping @Sendable () -> ResponderFigures?,
        relay: @escaping @Sendable () -> RelayFigures?,
        reload: @escaping @Sendable () -> ReloadFigures?
    ) {
        registry.addCollector { self.configuration(reload()) }
        registry.addCollector { ProcessFigures.read()?.families ?? [] }
        registry.addCollector { self.events(of: figures.sources) }
        registry.addCollector { self.connections(requests()) }
        registry.addCollector { self.delivery(relay()) }
        registry.addCollector {
            [
                MetricFamily(
                    "hydra_gateway_log_lines_dropped_total",
                    help: "Log lines that were dropped because the log could not be written fast enough.",
                    kind: .counter,
                    value: Double(log.dropped)
                )
            ]
        }
    }

    private static func configuration(_ figures: ReloadFigures?) -> [MetricFamily] {
        let build = MetricFamily(
            "hydra_gateway_build_info",
            help: "1, with the version.",
            kind: .gauge,
            value: 1,
            labels: [("version", ProductVersion.text)]
        )
        guard let figures else { return [build] }
        return [
            build,
            MetricFamily(
                "hydra_gateway_config_last_reload_successful",
                help: "0 while a changed configuration could not be read and the old one is in effect.",
                kind: .gauge,
                value: figures.wasSuccess ? 1 : 0
            ),
            MetricFamily(
                "hydra_gateway_config_last_reload_success_timestamp_seconds",
                help: "When the configuration in effect was read.",
                kind: .gauge,
                value: Double(figures.at) / 1_000
            ),
        ]
    }

    private static func events(of sources: [Source]) -> [MetricFamily] {
        var family = MetricFamily(
            "hydra_gateway_events_total",
            help: "Events by source and by what became of them at the edge.",
            kind: .counter
        )
        for source in sources {
            for outcome in SourceFigures.Outcome.allCases {
                family.add(
                    Double(source.figures[outcome]),
                    labels: [("source", source.name), ("outcome", outcome.rawValue)]
                )
            }
        }
        return [family]
    }

    private static func connections(_ figures: ResponderFigures?) -> [MetricFamily] {
        guard let figures else { return [] }
        func gauge(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
            MetricFamily(name, help: help, kind: .gauge, value: value)
        }
        func counter(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
            MetricFamily(name, help: help, kind: .counter, value: value)
        }
        return [
            gauge("hydra_gateway_connections_open", "Open FastCGI connections.", Double(figures.open)),
            gauge("hydra_gateway_connections_idle", "Kept connections without a request.", Double(figures.idle)),
            gauge("hydra_gateway_requests_active", "Requests that wait for their answer.", Double(figures.active)),
            counter("hydra_gateway_connections_accepted_total", "Accepted connections.", Double(figures.accepted)),
            counter(
                "hydra_gateway_peers_refused_total",
                "Connections of processes that may not talk to us.",
                Double(figures.refusedPeers)
            ),
            counter(
                "hydra_gateway_requests_unanswered_total",
                "Requests that the program forgot to answer and that were answered 500; a defect.",
                Double(figures.unanswered)
            ),
        ]
    }

    private static func delivery(_ figures: RelayFigures?) -> [MetricFamily] {
        guard let figures else { return [] }
        var calls = MetricFamily(
            "hydra_gateway_deliveries_total",
            help: "Calls by destination and by what became of them.",
            kind: .counter
        )
        var blocked = MetricFamily(
            "hydra_gateway_destination_blocked",
            help: "1 while nothing is sent to a destination: open breaker, rate limit, refused key.",
            kind: .gauge
        )
        for each in figures.destinations {
            let labels = [
                ("destination", each.destination.endpoint.url),
                ("key", KeyLabel.text(each.destination.endpoint.apiKey)),
            ]
            calls.add(Double(each.delivered), labels: labels + [("outcome", "delivered")])
            calls.add(Double(each.retried), labels: labels + [("outcome", "retried")])
            calls.add(Double(each.dead), labels: labels + [("outcome", "dead")])
            blocked.add(each.state.isBlocked ? 1 : 0, labels: labels + [("state", each.state.rawValue)])
        }
        return [
            calls, blocked,
            MetricFamily(
                "hydra_gateway_delivering",
                help: "1 in the process that delivers.",
                kind: .gauge,
                value: figures.isDelivering ? 1 : 0
            ),
            MetricFamily(
                "hydra_gateway_calls_in_flight",
                help: "Calls sent to Hydra and not answered yet.",
                kind: .gauge,
                value: Double(figures.inFlight)
            ),
        ]
    }

    /// None for a spool that is one piece.
    static func partitions(_ partitions: [PartitionStatistics]) -> [MetricFamily] {
        guard !partitions.isEmpty else { return [] }
        func gauge(_ name: String, _ help: String, _ value: (PartitionStatistics) -> Double) -> MetricFamily {
            var family = MetricFamily(name, help: help, kind: .gauge)
            for each in partitions { family.add(value(each), labels: [("partition", String(each.partition))]) }
            return family
        }
        return [
            gauge("hydra_gateway_partition_lag", "Calls that wait, by partition.") { Double($0.lag) },
            gauge("hydra_gateway_partition_owned", "1 while a gateway delivers the partition.") {
                $0.owner == nil ? 0 : 1
            },
            gauge("hydra_gateway_partition_replicas_behind", "Servers that should keep a partition and are behind.") {
                Double(max(0, $0.replicas - $0.replicasCurrent))
            },
        ]
    }

    /// The figures of the spool, which all responders share: each stands once in an answer, without the label of a
    /// responder, so that `sum` counts it once.
    static func spool(_ spool: any Spool) -> [MetricFamily] {
        do {
            return [self.readable(true)] + self.families(try spool.statistics())
        } catch {
            // What matters most is known without reading anything.
            return [
                self.readable(false),
                MetricFamily(
                    "hydra_gateway_spool_refusing",
                    help: "1 while events are refused.",
                    kind: .gauge,
                    value: spool.look() == nil ? 0 : 1
                ),
            ]
        }
    }

    private static func readable(_ isReadable: Bool) -> MetricFamily {
        MetricFamily(
            "hydra_gateway_spool_readable",
            help: "1 while the spool's figures can be read.",
            kind: .gauge,
            value: isReadable ? 1 : 0
        )
    }

    private static func families(_ statistics: SpoolStatistics) -> [MetricFamily] {
        func gauge(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
            MetricFamily(name, help: help, kind: .gauge, value: value)
        }
        var depth = MetricFamily("hydra_gateway_spool_depth", help: "Calls that wait, by source.", kind: .gauge)
        for source in statistics.sources { depth.add(Double(source.depth), labels: [("source", source.source)]) }
        let age = statistics.oldestReceivedAt.map { Double(max(0, WallClock.milliseconds() &- $0)) / 1_000 } ?? 0
        return [
            depth,
            gauge("hydra_gateway_spool_oldest_age_seconds", "Age of the call that waits longest.", age),
            gauge("hydra_gateway_spool_bytes", "Size of the spool.", Double(statistics.bytes)),
            gauge("hydra_gateway_spool_maximum_bytes", "Bound of its size.", Double(statistics.maximumBytes)),
            gauge(
                "hydra_gateway_spool_free_disk_bytes",
                "Free bytes of its file system.",
                Double(statistics.freeBytes)
            ),
            gauge(
                "hydra_gateway_spool_synced",
                "1 while a 200 means that a call is on disk, and not in the memory of servers.",
                statistics.durability.isOnDisk ? 1 : 0
            ),
            gauge("hydra_gateway_spool_refusing", "1 while events are refused.", statistics.refusing == nil ? 0 : 1),
            gauge("hydra_gateway_dead_letters", "Calls that were given up.", Double(statistics.dead)),
            gauge("hydra_gateway_rejected_events", "Invalid events that are kept.", Double(statistics.rejected)),
            gauge(
                "hydra_gateway_deduplication_window_seconds",
                "How far back a repeated messageId is recognised for certain.",
                Double(statistics.dedupeWindow) / 1_000
            ),
        ] + self.partitions(statistics.partitions)
    }
}
