import JSON
import Relay
package import Spool
package import Telemetry

/// The state of the whole gateway on one machine: the spool, and what every living responder wrote down last.
///
/// A plain value, made anew for each question; printed as JSON, as text for a terminal, or as a page.
package struct StatusReport: Sendable {
    /// One source, summed over all responders since each started.
    struct SourceRow: Sendable {
        let name: String
        var counts: [SourceFigures.Outcome: UInt64] = [:]
        var depth = 0
        var oldestReceivedAt: Int64?
        var delivered = 0
        var dead = 0
        var lastEventAt: Int64?
    }

    /// One destination as the delivering responder sees it; summed over those that share the delivery.
    struct DestinationRow: Sendable {
        let url: String
        let key: String
        var state: String
        var inFlight: Int64
        var delivered: Int64
        var retried: Int64
        var dead: Int64
        let lastAnswer: String
        let sources: [String]

        mutating func add(_ other: Self) {
            let states = [self.state, other.state].compactMap(DestinationState.init(rawValue:))
            self.state = DestinationState.together(states).rawValue
            self.inFlight &+= other.inFlight
            self.delivered &+= other.delivered
            self.retried &+= other.retried
            self.dead &+= other.dead
        }
    }

    /// One responder process.
    struct ResponderRow: Sendable {
        let name: String
        let pid: Int64
        let version: String
        let startedAt: Int64
        let isDelivering: Bool
        /// Partitions of the spool that it delivers.
        let partitions: Int64
        let requests: Int64
        let connectionsAccepted: Int64
        let connectionsOpen: Int64
        let connectionsIdle: Int64
        let requestsActive: Int64
        let workers: Int64
        let residentBytes: Int64
        let logLinesDropped: Int64
    }

    /// When this was put together, milliseconds since 1970.
    let at: Int64
    let spool: SpoolStatistics
    private(set) var sources: [SourceRow]
    private(set) var destinations: [DestinationRow] = []
    private(set) var responders: [ResponderRow] = []
    /// Calls that wait for another try; nil while nobody delivers, who alone knows.
    private(set) var retrying: Int?

    /// Calls that were set aside without having been tried: behind an earlier one of their user.
    var behind: Int? { self.retrying.map { max(0, self.spool.deferred - $0) } }

    /// When the responders started that run now, the first and the last of them; nil while none runs. What they count at
    /// the edge and towards destinations they count from there.
    var countedSince: (first: Int64, last: Int64)? {
        let starts = self.responders.map(\.startedAt)
        guard let first = starts.min(), let last = starts.max() else { return nil }
        return (first, last)
    }

    /// The same as a sentence.
    var since: String {
        guard let since = self.countedSince else {
            return
                "no responder runs: of what sources and destinations counted only depth, dead letters and delivered are known"
        }
        let start = Self.time(since.first)
        let counted = "counted since \(start), when the "
        return counted
            + (since.first == since.last
                ? "responder started" : "first responder that runs now started, the last one \(Self.time(since.last))")
            + "; depth and dead letters are the spool's"
    }

    /// - Parameters:
    ///   - configured: names of the sources in the configuration; they appear even before their first event.
    ///   - snapshots: what the responders left beside the spool (``ResponderFigures`` wrote them).
    package init(spool: SpoolStatistics, snapshots: [ResponderSnapshot], configured: [String], at now: Int64) {
        self.at = now
        self.spool = spool
        var rows: [String: SourceRow] = [:]
        for name in configured { rows[name] = SourceRow(name: name) }
        for source in spool.sources {
            var row = rows[source.source] ?? SourceRow(name: source.source)
            row.depth = source.depth
            row.oldestReceivedAt = source.oldestReceivedAt
            row.delivered = source.delivered
            row.dead = source.dead
            rows[source.source] = row
        }
        let parser = JSONParser()
        for snapshot in snapshots {
            // A file that another version wrote may say less; what is missing counts as nothing.
            guard let document = try? parser.parse(snapshot.json) else { continue }
            let root = document.root
            let responder = ResponderRow(snapshot, root)
            self.responders.append(responder)
            for source in root["sources"]?.elements.map({ $0 }) ?? [] {
                guard let name = source["name"]?.string else { continue }
                var row = rows[name] ?? SourceRow(name: name)
                for outcome in SourceFigures.Outcome.allCases {
                    let count = UInt64(clamping: source[key: outcome.rawValue]?.int64 ?? 0)
                    row.counts[outcome, default: 0] &+= count
                }
                if let last = source["lastEventAt"]?.int64 { row.lastEventAt = max(row.lastEventAt ?? last, last) }
                rows[name] = row
            }
            guard responder.isDelivering else { continue }
            if let retrying = root["retrying"]?.int64 { self.retrying = (self.retrying ?? 0) + Int(clamping: retrying) }
            for value in root["destinations"]?.elements.map({ $0 }) ?? [] {
                Self.add(DestinationRow(value), to: &self.destinations)
            }
        }
        self.sources = rows.values.sorted { $0.name < $1.name }
    }

    private static func add(_ row: DestinationRow, to rows: inout [DestinationRow]) {
        if let same = rows.firstIndex(where: { $0.url == row.url && $0.key == row.key }) {
            rows[same].add(row)
        } else {
            rows.append(row)
        }
    }

    /// Seconds that the oldest waiting call has waited; nil when none waits.
    var oldestAgeSeconds: Int64? {
        self.spool.oldestReceivedAt.map { max(0, (self.at - $0) / 1_000) }
    }
}

extension StatusReport.ResponderRow {
    /// For a table's column: `yes`, with the number of partitions where there are several, or `no`.
    var delivers: String {
        guard self.isDelivering else { return "no" }
        return self.partitions > 1 ? "yes (\(self.partitions))" : "yes"
    }

    init(_ snapshot: ResponderSnapshot, _ root: JSONValue) {
        self.name = snapshot.name
        self.pid = Int64(snapshot.process.pid)
        self.version = root["version"]?.string ?? ""
        self.startedAt = root["startedAt"]?.int64 ?? 0
        self.isDelivering = root["delivering"]?.bool ?? false
        self.partitions = root["partitions"]?.int64 ?? 0
        self.requests = root["requests"]?.int64 ?? 0
        self.connectionsAccepted = root["connectionsAccepted"]?.int64 ?? 0
        self.connectionsOpen = root["connectionsOpen"]?.int64 ?? 0
        self.connectionsIdle = root["connectionsIdle"]?.int64 ?? 0
        self.requestsActive = root["requestsActive"]?.int64 ?? 0
        self.workers = root["workers"]?.int64 ?? 0
        self.residentBytes = root["residentBytes"]?.int64 ?? 0
        self.logLinesDropped = root["logLinesDropped"]?.int64 ?? 0
    }
}

extension StatusReport.DestinationRow {
    init(_ value: JSONValue) {
        self.url = value["url"]?.string ?? ""
        self.key = value["key"]?.string ?? ""
        self.state = value["state"]?.string ?? ""
        self.inFlight = value["inFlight"]?.int64 ?? 0
        self.delivered = value["delivered"]?.int64 ?? 0
        self.retried = value["retried"]?.int64 ?? 0
        self.dead = value["dead"]?.int64 ?? 0
        self.lastAnswer = value["lastAnswer"]?.string ?? ""
        self.sources = value["sources"]?.elements.compactMap { $0.string } ?? []
    }
}
