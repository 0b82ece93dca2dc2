import Spool

extension StatusReport {
    /// The report for a terminal.
    package var text: String {
        var lines: [String] = []
        lines.append("spool")
        lines.append("  depth           \(self.spool.depth) (\(self.spool.deferred) of them wait for another try)")
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
        if let refusing = self.spool.refusing { lines.append("  REFUSING        \(refusing.message)") }
        if self.spool.dead > 0 { lines.append("  see             hydra-gateway dead list") }

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

    /// `3`, or how many of them are up to date when not all are.
    static func replicas(_ partition: PartitionStatistics) -> String {
        partition.replicasCurrent >= partition.replicas
            ? String(partition.replicas) : "\(partition.replicasCurrent) of \(partition.replicas)"
    }
}

/// Columns of text, as wide as their widest cell.
enum TextTable {
    static func lines(_ head: [String], _ rows: [[String]]) -> [String] {
        var widths = head.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() where widths.indices.contains(index) {
                widths[index] = max(widths[index], cell.count)
            }
        }
        return ([head] + (rows.isEmpty ? [["(none)"]] : rows)).map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: max(0, width - cell.count) + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
