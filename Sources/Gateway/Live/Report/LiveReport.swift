import FastCGI
import Spool
import Telemetry

/// Everything that the live view shows, as of one moment. A value, made anew for each look.
struct LiveReport: Sendable {
    /// Events that are shown at most.
    static let events = 100

    /// One source with its last hour.
    struct SourceRow: Sendable {
        let status: StatusReport.SourceRow
        let series: LiveSeries
    }

    let status: StatusReport
    let filter: LiveFilter
    /// All sources together.
    let total: LiveSeries
    let sources: [SourceRow]
    /// How many calls waited in the last two minutes, second by second, as far as it is known.
    let depths: [UInt64]
    /// The newest that pass the filter.
    let events: [LiveEvent]
    /// How many events the journals hold, before the filter.
    let eventsKnown: Int
    let dead: DeadOverview
    /// When this was put together, milliseconds since 1970.
    var at: Int64 { self.status.at }

    /// - Parameter queue: what was in the queue before the oldest of the feeds was written; see ``QueueMemory``.
    init(feeds: [LiveFeed], status: StatusReport, queue: QueueMemory.State?, dead: DeadOverview, filter: LiveFilter) {
        self.status = status
        self.dead = dead
        self.filter = filter
        var total = LiveSeries(at: status.at)
        var bySource: [String: LiveSeries] = [:]
        for feed in feeds {
            for (name, series) in feed.sources {
                total.add(series, through: feed.second)
                bySource[name, default: LiveSeries(at: status.at)].add(series, through: feed.second)
            }
        }
        self.total = total
        self.depths = DepthHistory.merge(
            feeds.map { ($0.depths, $0.second) },
            through: StageHistory.second(of: status.at) - 1
        )
        self.sources = status.sources.map {
            SourceRow(status: $0, series: bySource[$0.name] ?? LiveSeries(at: status.at))
        }
        let events = LiveEvent.events(feeds.flatMap(\.entries)) { queue?.mayHold($0) ?? true }
        self.eventsKnown = events.count
        self.events = Array(events.lazy.filter { filter.passes($0) }.prefix(Self.events))
    }
}
