import FastCGI
import Glibc
import Hydra
import Logging
import Relay
import Segment
import Spool
import SpoolJetStream
import Telemetry

/// What the configuration means to each part of the gateway.
extension GatewayConfiguration {
    /// Where the configuration is when no flag names it.
    static let defaultPath = "/etc/hydra-gateway/hydra-gateway.yaml"

    /// Loads the file that a flag names, else `$HYDRA_GATEWAY_CONFIG`, else ``defaultPath``, under the process'
    /// environment.
    package static func load(locatedBy path: String?, flags: [String: String] = [:]) throws -> GatewayConfiguration {
        var environment = ProcessEnvironment.variables()
        // Names the file, and is no setting of it.
        let named = environment.removeValue(forKey: "HYDRA_GATEWAY_CONFIG").flatMap { $0.isEmpty ? nil : $0 }
        return try self.load(file: path ?? named ?? self.defaultPath, flags: flags, environment: environment)
    }

    /// Figures of all responders lie beside the spool, so that whoever shares the spool shares them. With JetStream those
    /// of one machine share them.
    var figuresDirectory: String { self.spool.directory + "/figures" }

    var spoolConfiguration: SQLiteSpoolConfiguration {
        var result = SQLiteSpoolConfiguration(directory: self.spool.directory)
        result.maximumBytes = self.spool.maximumBytes
        result.minimumFreeBytes = self.spool.minimumFreeBytes
        result.dedupeWindow = self.spool.deduplicationWindow
        result.dedupeMaximum = self.spool.deduplicationMaximum
        result.rejectedMaximum = self.spool.rejectedMaximum
        return result
    }

    /// Opens the queue, whichever engine it has.
    /// - Parameter looksOnly: for a command that changes nothing, and has to work on a full disk, too.
    func makeSpool(logger: Logger, looksOnly: Bool = false) throws(SpoolError) -> any Spool {
        guard let jetStream = self.spool.jetStream else {
            var configuration = self.spoolConfiguration
            configuration.looksOnly = looksOnly
            return try SQLiteSpool(configuration: configuration, logger: logger)
        }
        try self.makeSpoolDirectory()
        var configuration = jetStream.configuration(of: self.spool)
        // Who only looks is to see how it is.
        if looksOnly { configuration.requiresSync = false }
        return try JetStreamSpool(configuration: configuration, logger: logger)
    }

    func openSpool(logger: Logger) throws(GatewayStartError) -> any Spool {
        do {
            return try self.makeSpool(logger: logger)
        } catch {
            let isLasting = [SpoolError.Code.newerSchema, .misconfigured, .missing].contains(error.code)
            throw GatewayStartError("the spool cannot be opened: \(error.message)", isLasting: isLasting)
        }
    }

    /// What responders of one machine share has a directory even where the spool itself needs none.
    private func makeSpoolDirectory() throws(SpoolError) {
        let path = self.spool.directory
        guard unsafe mkdir(path, 0o750) != 0, errno != EEXIST else { return }
        throw SpoolError(
            code: errno == ENOENT ? .missing : .readOnly,
            message: "The directory \(path) (spool.directory) for the responders' figures cannot be made: "
                + "\(TextFile.describe(errno)).",
            retryAfterSeconds: 60
        )
    }

    func makeClient(logger: Logger) throws(GatewayStartError) -> HydraClient {
        var result = HydraClientConfiguration(version: ProductVersion.text)
        result.connectTimeout = self.hydra.connectTimeout
        result.readTimeout = self.hydra.timeout
        result.requestTimeout = self.hydra.timeout
        result.connections = max(self.hydra.connections, self.delivery.concurrency)
        result.caFile = self.hydra.caFile
        do {
            return try HydraClient(configuration: result, logger: logger)
        } catch {
            throw GatewayStartError("\(error)", isLasting: true)
        }
    }

    var relayOptions: RelayOptions {
        var result = RelayOptions()
        result.retryBase = self.delivery.retryBase
        result.retryCap = self.delivery.retryCap
        result.retryFor = self.delivery.retryFor
        result.probeInterval = self.delivery.probeInterval
        result.breakerThreshold = self.delivery.breakerFailures
        return result
    }

    /// How many connections the process's limit of descriptors leaves room for.
    var descriptorBudget: DescriptorBudget {
        let each = max(self.hydra.connections, self.delivery.concurrency)
        let destinations = max(1, Set(self.sources.map { $0.hydraURL ?? self.hydra.url }).count)
        let (all, overflow) = each.multipliedReportingOverflow(by: destinations)
        return DescriptorBudget(workers: self.workers, hydraConnections: overflow ? .max : all)
    }

    var responderOptions: ResponderOptions {
        var result = ResponderOptions()
        result.workers = self.workers
        result.allowedUsers = self.allowedUsers
        result.allowedAddresses = self.allowedPeers
        result.allowNonLoopback = self.allowNonLoopback
        result.limits.connections = self.limits.connections
        result.limits.parameterBytes = self.limits.parameterBytes
        result.limits.bodyBytes = self.limits.requestBytes
        result.limits.readTimeout = self.limits.readTimeout
        result.limits.writeTimeout = self.limits.writeTimeout
        result.limits.requestTimeout = self.limits.requestTimeout
        return result
    }

    /// - Throws: when an inherited socket is asked for and there is none.
    func listeners() throws(GatewayStartError) -> [ListenAddress] {
        var result: [ListenAddress] = []
        for setting in self.listen {
            switch setting {
            case .unix(let path):
                result.append(
                    .unix(path: path, mode: self.socket.mode, owner: self.socket.owner, group: self.socket.group)
                )
            case .tcp(let host, let port):
                result.append(.tcp(host: host, port: port))
            case .inherited:
                let descriptors = Responder.inheritedDescriptors()
                guard !descriptors.isEmpty else {
                    throw GatewayStartError(
                        "cannot listen: no socket was inherited, neither as standard input nor through LISTEN_FDS. "
                            + "Start from spawn-fcgi, a web server or a systemd socket unit, or configure an address."
                    )
                }
                result += descriptors.map { .inherited(descriptor: $0) }
            }
        }
        return result
    }

    var segmentLimits: SegmentLimits {
        var result = SegmentLimits()
        result.eventBytes = self.limits.eventBytes
        result.batchBytes = self.limits.batchBytes
        result.batchEvents = self.limits.batchEvents
        result.depth = self.limits.depth
        result.identifierBytes = self.limits.identifierBytes
        return result
    }

    /// Where each source's calls go.
    var destinations: [String: Destination] {
        var result: [String: Destination] = [:]
        for source in self.sources {
            result[source.name] = Destination(
                endpoint: self.endpoint(of: source),
                batch: self.delivery.batch,
                concurrency: self.delivery.concurrency,
                maximumBatch: self.delivery.maximumBatch
            )
        }
        return result
    }

    private func endpoint(of source: SourceSettings) -> Endpoint {
        Endpoint(url: source.hydraURL ?? self.hydra.url, apiKey: APIKey(source.apiKey.value))
    }

    /// The sources, with the counters of those that were there before under the same name.
    func makeSources(keeping old: [Source]) -> [Source] {
        let figures = Dictionary(old.map { ($0.name, $0.figures) }, uniquingKeysWith: { first, _ in first })
        return self.sources.map { settings in
            // The configuration has checked the keys; one that is none can belong to nobody.
            Source(
                name: settings.name,
                writeKeys: settings.writeKeys.compactMap { WriteKey($0.value) },
                endpoint: self.endpoint(of: settings),
                isEnabled: settings.enabled,
                origins: OriginList(settings.allowedOrigins),
                eventFilter: EventNameFilter(allow: settings.allowEvents, deny: settings.denyEvents),
                ipPolicy: IPPolicy(rawValue: settings.ipPolicy.rawValue) ?? .drop,
                webhookSecret: settings.webhookSecret.flatMap { WebhookSecret($0.value) },
                figures: figures[settings.name] ?? SourceFigures()
            )
        }
    }

    func edgeSettings(sources: [Source]) -> EdgeSettings {
        EdgeSettings(
            sources: SourceRegistry(sources),
            limits: self.segmentLimits,
            publicHost: self.publicHost,
            adminAddresses: self.admin.enabled ? self.admin.allowedAddresses : []
        )
    }

    /// What `hydra-gateway check` prints when all is right.
    package var summary: String {
        var lines = ["The configuration is right."]
        lines.append("  listens on   \(self.listen.map(\.description).joined(separator: ", "))")
        lines.append("  spool        \(self.spool.place), up to \(Readable.bytes(self.spool.maximumBytes))")
        for source in self.sources {
            let state = source.enabled ? "" : " (disabled)"
            lines.append("  source       \(source.name) → \(source.hydraURL ?? self.hydra.url)\(state)")
        }
        lines += self.warnings.map { "warning: \($0)" }
        return lines.joined(separator: "\n")
    }
}

extension SpoolSettings {
    /// Where the calls are, for people.
    var place: String {
        guard let jetStream = self.jetStream else { return self.directory }
        let copies = jetStream.replicas == 1 ? "one copy" : "\(jetStream.replicas) copies"
        let streams = jetStream.partitions == 1 ? "one partition" : "\(jetStream.partitions) partitions"
        return "\(jetStream.place), \(streams) \(jetStream.name), \(copies)"
    }
}

extension JetStreamSettings {
    /// The servers, for people: no password is in it.
    var place: String { self.servers.joined(separator: ",") }

    /// The same for the engine, with what does not depend on it.
    func configuration(of spool: SpoolSettings) -> JetStreamSpoolConfiguration {
        var result = JetStreamSpoolConfiguration(servers: self.servers)
        result.monitors = self.monitors
        result.requiresSync = self.requiresSync
        result.credentialsFile = self.credentialsFile
        result.user = self.user
        result.password = self.password?.value
        result.token = self.token?.value
        result.caFile = self.caFile
        result.certificateFile = self.certificateFile
        result.keyFile = self.keyFile
        result.name = self.name
        result.partitions = self.partitions
        result.replicas = self.replicas
        result.maximumBytes = spool.maximumBytes
        result.dedupeWindow = spool.deduplicationWindow
        result.rejectedMaximum = spool.rejectedMaximum
        return result
    }
}

extension ConfigurationError {
    /// Every mistake on a line of its own, for the terminal.
    package var report: String { self.description }
}

/// The process' environment.
enum ProcessEnvironment {
    static func variables() -> [String: String] {
        var result: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return result
    }
}
