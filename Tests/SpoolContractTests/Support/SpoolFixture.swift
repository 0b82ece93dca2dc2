import Logging
import SpoolJetStream
import Synchronization
import TestSupport

@testable import Spool

/// An empty place of an engine, with the spools that were opened on it; all of it goes away with the fixture.
final class SpoolFixture: Sendable {
    let engine: Engine
    let log = RecordedLog()
    private let place: Place
    private let opened = Mutex<[any Spool]>([])

    private enum Place: Sendable {
        case directory(TemporaryDirectory)
        case server(NATSServer)
    }

    init(_ engine: Engine) throws {
        self.engine = engine
        self.place =
            switch engine {
            case .sqlite: .directory(try TemporaryDirectory())
            case .jetStream: .server(try NATSServer())
            }
    }

    deinit {
        for spool in self.opened.withLock({ $0 }) { spool.close() }
    }

    /// Opens a spool of one partition, as another process would; it is closed with the fixture at the latest.
    func open(_ change: (inout SpoolSettings) -> Void = { _ in }) throws -> any Spool {
        var settings = SpoolSettings()
        change(&settings)
        let log = self.log
        let logger = Logger(label: "spool") { _ in RecordedLog.Handler(log: log) }
        let spool: any Spool
        switch self.place {
        case .directory(let directory):
            var configuration = SQLiteSpoolConfiguration(directory: directory.file("spool"))
            configuration.minimumFreeBytes = 0
            configuration.maximumBytes = settings.maximumBytes
            configuration.dedupeWindow = settings.dedupeWindow
            configuration.rejectedMaximum = settings.rejectedMaximum
            settings.files(&configuration)
            spool = try SQLiteSpool(configuration: configuration, logger: logger)
        case .server(let server):
            var configuration = JetStreamSpoolConfiguration(servers: [server.url])
            configuration.partitions = 1
            configuration.replicas = 1
            configuration.requiresSync = false
            configuration.maximumBytes = settings.maximumBytes
            configuration.dedupeWindow = settings.dedupeWindow
            configuration.rejectedMaximum = settings.rejectedMaximum
            spool = try JetStreamSpool(configuration: configuration, logger: logger)
        }
        self.opened.withLock { $0.append(spool) }
        return spool
    }
}
