import FastCGI
import Hydra
import JSON
import Logging
import Relay
import Spool
import Synchronization
import Telemetry

/// Writes this responder's figures beside the spool, and reads everybody's.
///
/// Any thread; blocks for two small files.
final class FiguresPublisher: Sendable {
    private let directory: FiguresDirectory
    private let registry: MetricsRegistry
    private let log: LogSink
    private let startedAt: Int64
    private let workers: Int
    private let parts = Mutex(Parts())
    private let requests: @Sendable () -> ResponderFigures?
    private let relay: @Sendable () -> RelayFigures?

    private struct Parts {
        var sources: [Source] = []
        /// Whether the last snapshot could not be written.
        var isFailing = false
    }

    /// - Parameters:
    ///   - requests: the responder's figures, nil before it listens.
    ///   - relay: the relay's figures, nil where this process does not take part in delivery.
    init(
        directory: FiguresDirectory,
        registry: MetricsRegistry,
        log: LogSink,
        workers: Int,
        startedAt: Int64,
        requests: @escaping @Sendable () -> ResponderFigures?,
        relay: @escaping @Sendable () -> RelayFigures?
    ) {
        self.directory = directory
        self.registry = registry
        self.log = log
        self.workers = workers
        self.startedAt = startedAt
        self.requests = requests
        self.relay = relay
    }

    /// The sources whose figures are published from now on.
    func setSources(_ sources: [Source]) {
        self.parts.withLock { $0.sources = sources }
    }

    /// The sources that are published now.
    var sources: [Source] { self.parts.withLock { $0.sources } }

    /// Replaces the snapshot. A failure (a full disk) costs the other responders these figures, never the events: it is
    /// logged once, and again when it is over.
    func publish() {
        var failure: FiguresError?
        do {
            try self.directory.write(json: self.json(), prometheus: self.registry.prometheusText())
        } catch {
            failure = error
        }
        let isNews = self.parts.withLock { parts in
            defer { parts.isFailing = failure != nil }
            return parts.isFailing != (failure != nil)
        }
        guard isNews else { return }
        var line = LogLine(
            level: failure == nil ? .notice : .warning,
            message: failure == nil
                ? "the figures for the other responders are written again"
                : "the figures for the other responders cannot be written; theirs will show them with their age",
            action: "figures",
            dataset: "hydra-gateway"
        )
        if let failure {
            line.add(FieldName.errorType, failure.code.rawValue)
            line.add(FieldName.errorMessage, failure.message)
        }
        self.log.write(line.finish())
    }

    /// Removes the snapshot at a regular end.
    func remove() { self.directory.remove() }

    /// Everybody's, this responder's own from memory.
    func readAll() -> [ResponderSnapshot] {
        self.directory.readAll(own: (json: self.json(), prometheus: self.registry.prometheusText()))
    }

    /// Everybody's metrics, and once those of the spool that they share.
    func prometheusText(spool: any Spool) -> [UInt8] {
        self.directory.mergedPrometheusText(own: self.registry.prometheusText(), common: GatewayMetrics.spool(spool))
    }

    private func json() -> [UInt8] {
        var writer = JSONWriter(reserving: 2_048)
        let requests = self.requests()
        let relay = self.relay()
        writer.beginObject()
        writer.member("version", ProductVersion.text)
        writer.member("startedAt", self.startedAt)
        writer.member("delivering", relay?.isDelivering ?? false)
        writer.member("partitions", Int64(clamping: relay?.partitions ?? 0))
        if let relay { writer.member("retrying", Int64(clamping: relay.retryingLanes)) }
        writer.member("workers", Int64(self.workers))
        if let requests {
            writer.member("requests", Int64(clamping: requests.requests))
            writer.member("requestsActive", Int64(clamping: requests.active))
            writer.member("connectionsAccepted", Int64(clamping: requests.accepted))
            writer.member("connectionsOpen", Int64(clamping: requests.open))
            writer.member("connectionsIdle", Int64(clamping: requests.idle))
        }
        if let process = ProcessFigures.read() {
            writer.member("residentBytes", Int64(clamping: process.residentBytes))
        }
        writer.member("logLinesDropped", Int64(clamping: self.log.dropped))
        writer.key("sources")
        writer.beginArray()
        for source in self.sources { Self.write(source, into: &writer) }
        writer.endArray()
        writer.key("destinations")
        writer.beginArray()
        if let relay { self.writeDestinations(of: relay, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ source: Source, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", source.name)
        for outcome in SourceFigures.Outcome.allCases {
            writer.key(string: outcome.rawValue)
            writer.value(Int64(clamping: source.figures[outcome]))
        }
        if let last = source.figures.lastEventAt { writer.member("lastEventAt", last) }
        writer.endObject()
    }

    private static func text(_ answer: DestinationFigures.LastAnswer?) -> String {
        guard let answer else { return "" }
        return answer.status.map { "\($0) \(answer.outcome)" } ?? answer.outcome
    }

    private func writeDestinations(of relay: RelayFigures, into writer: inout JSONWriter) {
        let sources = self.sources
        for destination in relay.destinations {
            let endpoint = destination.destination.endpoint
            writer.beginObject()
            writer.member("url", endpoint.url)
            writer.member("key", KeyLabel.text(endpoint.apiKey))
            writer.member("state", destination.state.rawValue)
            writer.member("inFlight", Int64(clamping: destination.requestsInFlight))
            writer.member("delivered", Int64(clamping: destination.delivered))
            writer.member("retried", Int64(clamping: destination.retried))
            writer.member("dead", Int64(clamping: destination.dead))
            writer.member("lastAnswer", Self.text(destination.lastAnswer))
            writer.key("sources")
            writer.beginArray()
            for source in sources where source.endpoint == endpoint { writer.value(source.name) }
            writer.endArray()
            writer.endObject()
        }
    }
}
