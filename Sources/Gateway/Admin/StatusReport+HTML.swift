import Spool

extension StatusReport {
    /// The report as a page without scripts.
    var html: String {
        var page = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Status – hydra-gateway</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
            <link rel="stylesheet" href="\(PageAsset.styles.path)"></head><body>
            <header><p class="name">hydra-gateway</p><nav aria-label="Pages"><ul>
            <li><a href="/-/live-events">Live events</a></li>
            <li><a href="/-/status" aria-current="page">Status</a></li>
            <li><a href="/-/metrics">Metrics</a></li></ul></nav></header><main><h1>Status</h1>
            """
        if let refusing = self.spool.refusing {
            page += "<p class=\"alert\"><strong>Refusing events:</strong> \(Self.escaped(refusing.message))</p>"
        }
        if !self.spool.durability.isOnDisk {
            page += "<p class=\"alert\"><strong>A 200 does not mean on disk:</strong> a call is"
            page += " \(Self.escaped(self.spool.durability.description)).</p>"
        }
        page += Self.table(
            "Spool",
            ["", ""],
            [
                ["waiting", String(self.spool.depth)],
                ["of them for another try", self.retrying.map { String($0) } ?? "–"],
                ["of them behind an earlier call of their user", self.behind.map { String($0) } ?? "–"],
                ["oldest waits", self.oldestAgeSeconds.map { Readable.duration(seconds: $0) } ?? "–"],
                ["size", "\(Readable.bytes(self.spool.bytes)) of \(Readable.bytes(self.spool.maximumBytes))"],
                ["free disk", Readable.bytes(self.spool.freeBytes)],
                ["a 200 means that a call is", self.spool.durability.description],
                ["delivered", String(self.spool.delivered)],
                ["dead letters", String(self.spool.dead)],
                ["rejected events", String(self.spool.rejected)],
                [
                    "deduplication",
                    "\(self.spool.dedupeIds) ids, \(Readable.duration(seconds: self.spool.dedupeWindow / 1_000)) back",
                ],
            ]
        )
        page += "<p>\(Self.escaped(self.since)).</p>"
        page += Self.table(
            "Sources",
            ["source"] + SourceFigures.Outcome.allCases.map(\.rawValue) + ["waiting", "dead", "last event (UTC)"],
            self.sources.map { source in
                [source.name] + SourceFigures.Outcome.allCases.map { String(source.counts[$0] ?? 0) }
                    + [String(source.depth), String(source.dead), source.lastEventAt.map { Self.time($0) } ?? "–"]
            }
        )
        page += Self.table(
            "Destinations",
            ["endpoint", "key", "state", "in flight", "delivered", "retried", "dead", "last answer", "sources"],
            self.destinations.map {
                [
                    $0.url, $0.key, $0.state, String($0.inFlight), String($0.delivered), String($0.retried),
                    String($0.dead), $0.lastAnswer, $0.sources.joined(separator: ", "),
                ]
            }
        )
        if !self.spool.partitions.isEmpty {
            page += Self.table(
                "Partitions",
                ["partition", "delivered by", "waiting", "size", "leader", "replicas"],
                self.spool.partitions.map {
                    [
                        String($0.partition), $0.owner ?? "nobody", String($0.lag), Readable.bytes($0.bytes),
                        $0.leader ?? "–", Self.replicas($0),
                    ]
                }
            )
        }
        page += Self.table(
            "Responders",
            [
                "responder", "pid", "delivers", "started (UTC)", "requests", "active", "workers",
                "connections", "idle", "accepted", "memory",
            ],
            self.responders.map {
                [
                    $0.name, String($0.pid), $0.delivers, Self.time($0.startedAt),
                    String($0.requests), String($0.requestsActive), String($0.workers),
                    String($0.connectionsOpen), String($0.connectionsIdle), String($0.connectionsAccepted),
                    Readable.bytes($0.residentBytes),
                ]
            }
        )
        page += "</main><footer><p>As of \(Self.time(self.at)). <a href=\"?json\">JSON</a></p></footer></body></html>"
        return page
    }

    private static func table(_ caption: String, _ head: [String], _ rows: [[String]]) -> String {
        let label = self.escaped(caption)
        var text = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(label)\"><table>"
        text += "<caption>\(label)</caption>"
        if head.contains(where: { !$0.isEmpty }) {
            let cells = head.enumerated().map { index, name in
                let isNumber = rows.contains { index > 0 && $0.indices.contains(index) && self.isNumber($0[index]) }
                return "<th scope=\"col\"\(isNumber ? " class=\"n\"" : "")>\(self.escaped(name))</th>"
            }
            text += "<thead><tr>\(cells.joined())</tr></thead>"
        }
        text += "<tbody>"
        for row in rows {
            text += "<tr>"
            for (index, cell) in row.enumerated() {
                // A list of facts is read along its lines, a table along its columns.
                let isNumber = row.count > 2 && self.isNumber(cell)
                let content = "<bdi>\(self.escaped(cell))</bdi>"
                text +=
                    index == 0
                    ? "<th scope=\"row\">\(content)</th>" : "<td\(isNumber ? " class=\"n\"" : "")>\(content)</td>"
            }
            text += "</tr>"
        }
        return text + (rows.isEmpty ? "<tr><td>none</td></tr>" : "") + "</tbody></table></div>"
    }

    private static func isNumber(_ cell: String) -> Bool {
        !cell.isEmpty && cell.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func escaped(_ text: String) -> String { PageEscaping.escape(text) }
}
