import Logging
import Spool
import Synchronization
import TestSupport

@testable import SpoolJetStream

/// Three servers, and the spools that were opened on them; all of it goes away with the fixture.
final class ClusterFixture: Sendable {
    let servers: [NATSServer]
    let log = RecordedLog()
    private let opened = Mutex<[JetStreamSpool]>([])

    init(syncsAlways: [Bool] = [false, false, false]) throws {
        self.servers = try NATSServer.cluster(syncsAlways: syncsAlways)
    }

    deinit {
        for spool in self.opened.withLock({ $0 }) { spool.close() }
    }

    /// Opens a spool that each server keeps; the first server is asked first.
    func open(
        first: Int = 0,
        _ change: (inout JetStreamSpoolConfiguration) -> Void = { _ in }
    ) throws -> JetStreamSpool {
        let urls = self.servers.map(\.url)
        var configuration = JetStreamSpoolConfiguration(servers: Array(urls[first...] + urls[..<first]))
        configuration.partitions = 4
        configuration.maximumBytes = 1 << 30
        configuration.requiresSync = false
        configuration.monitors = self.servers.map(\.monitor)
        change(&configuration)
        let log = self.log
        let logger = Logger(label: "spool") { _ in RecordedLog.Handler(log: log) }
        let spool = try JetStreamSpool(configuration: configuration, logger: logger)
        self.opened.withLock { $0.append(spool) }
        return spool
    }
}
