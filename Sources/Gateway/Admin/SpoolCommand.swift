import Logging
import Spool
import Telemetry

/// Which dead letters a command means; the command line's view of ``Spool/DeadSelection``.
package enum DeadLetterChoice: Sendable {
    case ids([Int64])
    case source(String)
    case all

    var selection: DeadSelection {
        switch self {
        case .ids(let ids): .ids(ids)
        case .source(let name): .source(name)
        case .all: .all
        }
    }
}

/// The commands that look into the spool from a terminal, beside running responders.
///
/// One thread: the command's. Opens the spool for each question and closes it again.
package struct SpoolCommand {
    private let configuration: GatewayConfiguration

    package init(_ configuration: GatewayConfiguration) {
        self.configuration = configuration
    }

    /// What `hydra-gateway status` prints.
    package func status() throws -> StatusReport {
        try self.withSpool(looksOnly: true) { spool in
            let snapshots = FiguresDirectory(lookingInto: self.configuration.figuresDirectory)?.readAll()
            return StatusReport(
                spool: try spool.statistics(),
                snapshots: snapshots ?? [],
                configured: self.configuration.sources.map(\.name),
                at: WallClock.milliseconds()
            )
        }
    }

    /// How full the spool is, and whether it refuses.
    func statistics() throws -> SpoolStatistics {
        try self.withSpool(looksOnly: true) { try $0.statistics() }
    }

    /// What `hydra-gateway dead list` prints.
    package func deadLetters(source: String?, after id: Int64, limit: Int) throws -> DeadLetterReport {
        try self.withSpool(looksOnly: true) {
            DeadLetterReport(try $0.deadLetters(source: source, after: id, limit: limit))
        }
    }

    /// What `hydra-gateway dead show` prints; nil when there is none of this id.
    package func deadLetter(id: Int64) throws -> String? {
        try self.withSpool(looksOnly: true) { try $0.deadLetter(id: id).map(DeadLetterReport.details) }
    }

    /// Puts dead letters back into the queue. Returns how many.
    package func replay(_ choice: DeadLetterChoice) throws -> Int {
        try self.withSpool { try $0.replayDead(choice.selection) }
    }

    /// Deletes dead letters. Returns how many.
    package func drop(_ choice: DeadLetterChoice) throws -> Int {
        try self.withSpool { try $0.dropDead(choice.selection) }
    }

    /// What `hydra-gateway rejected list` prints.
    package func rejected(source: String?, after id: Int64, limit: Int) throws -> RejectedReport {
        try self.withSpool(looksOnly: true) { RejectedReport(try Self.rejected($0, source, after: id, limit: limit)) }
    }

    /// What `hydra-gateway rejected show` prints; nil when there is none of this id.
    package func rejectedEvent(id: Int64) throws -> String? {
        try self.withSpool(looksOnly: true) { try Self.rejected($0, id: id).map(RejectedReport.details) }
    }

    /// Takes rejected events again. Returns a line for each id.
    package func retryRejected(_ ids: [Int64]) throws -> (lines: [String], areAllIn: Bool) {
        try self.withSpool { spool in
            let retry = RejectedRetry(configuration: self.configuration, spool: spool)
            var lines: [String] = []
            var areAllIn = true
            for id in ids {
                guard let record = try Self.rejected(spool, id: id) else {
                    lines.append("\(id): there is no rejected event of this id")
                    areAllIn = false
                    continue
                }
                switch retry.retry(record) {
                case .taken: lines.append("\(id): in the queue")
                case .knownAlready: lines.append("\(id): was taken before")
                case .left(let why):
                    lines.append("\(id): left as it is: \(why)")
                    areAllIn = false
                }
            }
            return (lines, areAllIn)
        }
    }

    private static func rejected(_ spool: any Spool, id: Int64) throws -> RejectedRecord? {
        guard id > .min else { return nil }
        return try spool.rejectedEvents(after: id - 1, limit: 1).first { $0.id == id }
    }

    /// Of one source or of all, page by page, since the spool does not sort them by source.
    private static func rejected(
        _ spool: any Spool,
        _ source: String?,
        after id: Int64,
        limit: Int
    ) throws -> [RejectedRecord] {
        var found: [RejectedRecord] = []
        var after = id
        while found.count < limit {
            let page = try spool.rejectedEvents(after: after, limit: 200)
            guard let last = page.last else { break }
            found += page.filter { source == nil || $0.event.source == source }
            after = last.id
        }
        return Array(found.prefix(limit))
    }

    private func withSpool<Result>(looksOnly: Bool = false, _ body: (any Spool) throws -> Result) throws -> Result {
        var logger = Logger(label: "hydra-gateway.spool", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        let directory = self.configuration.spool.directory
        guard self.configuration.spool.jetStream != nil || SQLiteSpool.exists(in: directory) else {
            throw GatewayStartError(
                "there is no spool in \(directory). Compare spool.directory in the configuration (or "
                    + "HYDRA_GATEWAY_SPOOL_DIRECTORY) with that of the running gateway, and see that this user may read it; "
                    + "`hydra-gateway serve` makes a new one"
            )
        }
        let spool = try self.configuration.makeSpool(logger: logger, looksOnly: looksOnly)
        defer { spool.close() }
        return try body(spool)
    }
}
