import FastCGI
import Glibc
import Hydra
import Logging
import Metrics
import Relay
import Segment
import Spool
import Synchronization
import Telemetry
import TestSupport

@testable import Gateway

/// The whole edge on a real responder and a real spool in a temporary directory; no nginx, no delivery.
final class EdgeFixture: Sendable {
    let directory: TemporaryDirectory
    let spool: SQLiteSpool
    let log: LogSink
    let responder: Responder
    let journal: EventJournal
    let edge: Edge
    let address: String

    init(
        _ sources: [Source],
        limits: SegmentLimits = SegmentLimits(),
        maximumBytes: Int64 = 1 << 30,
        minimumFreeBytes: Int64 = 0
    )
        throws
    {
        let directory = try TemporaryDirectory()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var configuration = SQLiteSpoolConfiguration(directory: directory.file("spool"))
        configuration.maximumBytes = maximumBytes
        configuration.minimumFreeBytes = minimumFreeBytes
        let spool = try SQLiteSpool(configuration: configuration, logger: logger)
        let log = try LogSink(.memory)
        let registry = MetricsRegistry()
        let figuresDirectory = try FiguresDirectory(path: directory.file("figures"), name: "test")
        let figures = FiguresPublisher(
            directory: figuresDirectory,
            registry: registry,
            log: log,
            workers: 2,
            startedAt: 0,
            requests: { nil },
            relay: { nil }
        )
        figures.setSources(sources)
        let answering = Answering(log: log, level: LogLevel(.debug), metrics: EdgeMetrics(factory: registry))
        let journal = EventJournal()
        let recorder = LiveRecorder(
            journal: journal,
            directory: figuresDirectory,
            configured: { figures.sources },
            depth: { _ in try? spool.statistics().depth }
        )
        let edge = Edge(
            settings: EdgeSettings(sources: SourceRegistry(sources), limits: limits, publicHost: nil),
            intake: Intake(spool: spool, answering: answering, journal: journal),
            admin: AdminRoutes(
                spool: spool,
                figures: figures,
                live: LiveRoutes(
                    spool: spool,
                    figures: figures,
                    recorder: recorder,
                    protection: FormProtection(directory: figuresDirectory.path),
                    templates: try PageTemplates(),
                    answering: answering
                ),
                configured: { sources.map(\.name) },
                answering: answering
            ),
            answering: answering,
            now: WallClock.now
        )
        let path = directory.file("edge.sock")
        var options = ResponderOptions()
        options.workers = 2
        let responder = try Responder(
            listeners: [.unix(path: path, mode: 0o600, owner: nil, group: nil)],
            options: options,
            logger: logger
        ) { edge.handle($0, $1) }
        try responder.start()
        self.directory = directory
        self.spool = spool
        self.log = log
        self.edge = edge
        self.responder = responder
        self.journal = journal
        self.address = "unix:\(path)"
    }

    deinit {
        self.responder.stop(within: .seconds(2))
        self.spool.close()
    }

    /// One request on a connection of its own.
    func send(
        _ method: String,
        _ target: String,
        key: String? = "write-key",
        headers: [(String, String)] = [],
        body: String = ""
    ) throws -> FastCGIAnswer {
        var parameters = [
            ("REQUEST_METHOD", method), ("REQUEST_URI", target),
            ("CONTENT_LENGTH", String(body.utf8.count)), ("HTTP_HOST", "events.example"),
        ]
        if !headers.contains(where: { $0.0 == "REMOTE_ADDR" }) {
            parameters.append(("REMOTE_ADDR", target.hasPrefix("/-/") ? "127.0.0.1" : "198.51.100.77"))
        }
        if let key { parameters.append(("HTTP_AUTHORIZATION", "Basic \(Self.base64("\(key):"))")) }
        parameters += headers
        let client = try FastCGIClient(self.address)
        return try client.exchange(FastCGIRecord.request(parameters, body: Array(body.utf8)))
    }

    /// The bodies of everything that waits for delivery, oldest first.
    func queued() async throws -> [StoredCall] {
        let session = try await self.spool.acquireDelivery()
        let page = try await session.fresh(
            after: 0,
            sources: .all,
            limit: 1_000,
            maximumBytes: 64 << 20,
            maximumRows: 10_000
        )
        await session.release()
        return page.calls
    }

    /// The log, once it is as expected: a request's line is written after its answer has left.
    func lines(until isExpected: ([String]) -> Bool) -> [String] {
        while true {
            _ = self.log.flush()
            let lines = self.log.memoryLines
            if isExpected(lines) { return lines }
            sched_yield()
        }
    }

    static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var result = ""
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let chunk = Array(bytes.prefix(3))
            bytes = bytes.dropFirst(3)
            let bits = chunk.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for index in 0..<4 {
                result.append(index <= chunk.count ? alphabet[bits >> (18 - 6 * index) & 63] : "=")
            }
        }
        return result
    }
}
