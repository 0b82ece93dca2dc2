import Spool

extension StatusReport {
    /// The report as a page without scripts or anything loaded from elsewhere.
    var html: String {
        var page = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>hydra-gateway status</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>
            :root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem }
            table { border-collapse: collapse; margin-bottom: 1.5rem } caption { text-align: left; font-weight: 600 }
            th, td { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid #8884 }
            td.n, th.n { text-align: right } .bad { color: #c33; font-weight: 600 }
            </style></head><body><h1>hydra-gateway</h1>
            """
        if let refusing = self.spool.refusing {
            page += "<p class=\"bad\">Refusing events: \(Self.escaped(refusing.message))</p>"
        }
        page += Self.table(
            "Spool",
            ["", ""],
            [
                ["waiting", String(self.spool.depth)],
                ["of them for another try", String(self.spool.deferred)],
                ["oldest waits", self.oldestAgeSeconds.map { Readable.duration(seconds: $0) } ?? "–"],
                ["size", "\(Readable.bytes(self.spool.bytes)) of \(Readable.bytes(self.spool.maximumBytes))"],
                ["free disk", Readable.bytes(self.spool.freeBytes)],
                ["delivered", String(self.spool.delivered)],
                ["dead letters", String(self.spool.dead)],
                ["rejected events", String(self.spool.rejected)],
                [
                    "deduplication",
                    "\(self.spool.dedupeIds) ids, \(Readable.duration(seconds: self.spool.dedupeWindow / 1_000)) back",
                ],
            ]
        )
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
        page += Self.table(
            "Responders",
            [
                "responder", "pid", "delivers", "started (UTC)", "requests", "active", "workers",
                "connections", "idle", "accepted", "memory",
            ],
            self.responders.map {
                [
                    $0.name, String($0.pid), $0.isDelivering ? "yes" : "no", Self.time($0.startedAt),
                    String($0.requests), String($0.requestsActive), String($0.workers),
                    String($0.connectionsOpen), String($0.connectionsIdle), String($0.connectionsAccepted),
                    Readable.bytes($0.residentBytes),
                ]
            }
        )
        page += "<p>As of \(Self.time(self.at)). <a href=\"?json\">JSON</a></p></body></html>"
        return page
    }

    private static func table(_ caption: String, _ head: [String], _ rows: [[String]]) -> String {
        var text = "<table><caption>\(self.escaped(caption))</caption>"
        if head.contains(where: { !$0.isEmpty }) {
            text += "<tr>" + head.map { "<th>\(self.escaped($0))</th>" }.joined() + "</tr>"
        }
        for row in rows {
            text += "<tr>"
            for (index, cell) in row.enumerated() {
                let isNumber = index > 0 && !cell.isEmpty && cell.utf8.allSatisfy { (0x30...0x39).contains($0) }
                text += "<td\(isNumber ? " class=\"n\"" : "")>\(self.escaped(cell))</td>"
            }
            text += "</tr>"
        }
        return text + (rows.isEmpty ? "<tr><td>none</td></tr>" : "") + "</table>"
    }

    /// Scalar by scalar, so that a combining mark behind a quote cannot hide it.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
