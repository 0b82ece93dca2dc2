import Spool
import Telemetry

extension StatusReport {
    /// The report for a terminal.
    package var text: String {
        var lines: [String] = []
        lines.append("spool")
        lines.append("  depth           \(self.spool.depth)\(self.waiting)")
        lines.append("  oldest          \(self.oldestAgeSeconds.map { Readable.duration(seconds: $0) } ?? "-")")
        lines.append(
            "  size            \(Readable.bytes(self.spool.bytes)) of \(Readable.bytes(self.spool.maximumBytes))"
                + ", \(Readable.bytes(self.spool.freeBytes)) free on disk"
        )
        lines.append("  a 200 means     \(self.spool.durability)")
        lines.append("  delivered       \(self.spool.delivered)")
        lines.append("  dead letters    \(self.spool.dead)")
        lines.append("  rejected        \(self.spool.rejected)")
        lines.append(
            "  deduplication   \(self.spool.dedupeIds) ids, "
                + "\(Readable.duration(seconds: self.spool.dedupeWindow / 1_000)) back"
        )
        if let refusing = self.spool.refusing {
            lines.append("  REFUSING        \(TerminalText.line(refusing.message))")
        }
        if self.spool.dead > 0 { lines.append("  see             hydra-gateway dead list") }

        lines.append("")
        lines.append(self.since)
        lines.append("")
        lines += TextTable.lines(
            [
                "source", "accepted", "duplicate", "rejected", "filtered", "unsupported", "refused", "depth", "dead",
                "last event",
            ],
            self.sources.map { source in
                [source.name]
                    + SourceFigures.Outcome.allCases.map { String(source.counts[$0] ?? 0) }
                    + [
                        String(source.depth), String(source.dead),
                        source.lastEventAt.map { Self.time($0) } ?? "-",
                    ]
            }
        )
        lines.append("")
        lines += TextTable.lines(
            ["destination", "key", "state", "in flight", "delivered", "retried", "dead", "last answer"],
            self.destinations.map {
                [
                    $0.url, $0.key, $0.state, String($0.inFlight), String($0.delivered), String($0.retried),
                    String($0.dead), $0.lastAnswer.isEmpty ? "-" : $0.lastAnswer,
                ]
            }
        )
        if !self.spool.partitions.isEmpty {
            lines.append("")
            lines += TextTable.lines(
                ["partition", "delivered by", "waiting", "size", "leader", "replicas"],
                self.spool.partitions.map {
                    [
                        String($0.partition), $0.owner ?? "nobody", String($0.lag), Readable.bytes($0.bytes),
                        $0.leader ?? "-", Self.replicas($0),
                    ]
                }
            )
        }
        lines.append("")
        lines += TextTable.lines(
            ["responder", "pid", "delivers", "up", "requests", "active", "connections", "idle", "memory"],
            self.responders.map {
                [
                    $0.name, String($0.pid), $0.delivers,
                    Readable.duration(seconds: max(0, (self.at - $0.startedAt) / 1_000)), String($0.requests),
                    String($0.requestsActive), String($0.connectionsOpen), String($0.connectionsIdle),
                    Readable.bytes($0.residentBytes),
                ]
            }
        )
        return lines.joined(separator: "\n")
    }

    /// What those that were set aside wait for, in brackets.
    private var waiting: String {
        guard self.spool.deferred > 0 else { return "" }
        guard let retrying else { return " (\(self.spool.deferred) set aside; nobody delivers at the moment)" }
        return " (\(retrying) wait for another try, \(self.behind ?? 0) behind an earlier call of their user)"
    }

    /// `3`, or how many of them are up to date when not all are.
    static func replicas(_ partition: PartitionStatistics) -> String {
        partition.replicasCurrent >= partition.replicas
            ? String(partition.replicas) : "\(partition.replicasCurrent) of \(partition.replicas)"
    }
}
