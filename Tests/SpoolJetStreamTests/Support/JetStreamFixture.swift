import Foundation
import Logging
import Spool
import Synchronization
import TestSupport

@testable import SpoolJetStream

/// A server, and the spools that were opened on it; all of it goes away with the fixture.
final class JetStreamFixture: Sendable {
    let server: NATSServer
    let log = RecordedLog()
    private let opened = Mutex<[JetStreamSpool]>([])

    init(extra: String = "", host: String = "127.0.0.1") throws {
        self.server = try NATSServer(extra: extra, host: host)
    }

    deinit {
        for spool in self.opened.withLock({ $0 }) { spool.close() }
    }

    /// Opens a spool of one partition; it is closed with the fixture at the latest.
    func open(_ change: (inout JetStreamSpoolConfiguration) -> Void = { _ in }) throws -> JetStreamSpool {
        let spool = try JetStreamSpool(configuration: self.configuration(change), logger: self.logger)
        self.opened.withLock { $0.append(spool) }
        return spool
    }

    func configuration(
        _ change: (inout JetStreamSpoolConfiguration) -> Void = { _ in }
    ) -> JetStreamSpoolConfiguration {
        var configuration = JetStreamSpoolConfiguration(servers: [self.server.url])
        configuration.partitions = 1
        configuration.replicas = 1
        configuration.requiresSync = false
        configuration.maximumBytes = 256 << 20
        change(&configuration)
        return configuration
    }

    var logger: Logger {
        let log = self.log
        return Logger(label: "spool") { _ in RecordedLog.Handler(log: log) }
    }
}
