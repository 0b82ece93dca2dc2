import FastCGI
import Glibc
import Hydra
import Logging
import Metrics
import Relay
import Segment
import ServiceLifecycle
import Spool
import Synchronization
import Telemetry
import UnixSignals

/// Puts the parts together and runs them: the one place that knows all of them.
package enum GatewayServer {
    /// Serves until SIGTERM, SIGINT or SIGQUIT, then answers and commits what is in flight.
    ///
    /// Everything that can fail is opened before anything listens.
    ///
    /// - Parameters:
    ///   - path, flags: as given on the command line; a reload reads the same file under the same flags.
    ///   - name: this responder's name in figures; nil: `pid-<process id>`.
    package static func run(
        _ configuration: GatewayConfiguration,
        locatedBy path: String?,
        flags: [String: String],
        name: String?
    ) async throws {
        // First: libfcgi installs handlers of its own, which ours must come after.
        Responder.prepareProcess()
        let log = try GatewayLog.open(configuration)
        LoggingSystem.bootstrap { _ in ECSLogHandler(sink: log, dataset: "hydra-gateway") }
        let registry = MetricsRegistry(descriptions: GatewayMetrics.descriptions)
        MetricsSystem.bootstrap(registry)
        do {
            try await self.serve(
                configuration,
                path: path,
                flags: flags,
                name: name ?? configuration.responder ?? "pid-\(getpid())",
                log: log,
                registry: registry
            )
        } catch {
            log.close()
            throw error
        }
        log.close()
    }

    private static func serve(
        _ configuration: GatewayConfiguration,
        path: String?,
        flags: [String: String],
        name: String,
        log: LogSink,
        registry: MetricsRegistry
    ) async throws {
        let logger = GatewayLog.logger(label: "hydra-gateway", sink: log, level: configuration.log.level)
        let level = LogLevel(configuration.log.level)
        var responderOptions = configuration.responderOptions
        let wanted = responderOptions.limits.connections
        responderOptions.limits.connections = try configuration.descriptorBudget.connections(wanted: wanted)
        if responderOptions.limits.connections < wanted {
            logger.warning(
                "fewer connections than limits.connections: raise the limit of open files (LimitNOFILE=, ulimit -n)",
                metadata: ["connections": "\(responderOptions.limits.connections)", "wanted": "\(wanted)"]
            )
        }
        let spool = try configuration.openSpool(logger: logger)
        let client: HydraClient
        let relay: Relay?
        let table = DestinationTable(configuration.destinations)
        let journal = EventJournal()
        do {
            client = try configuration.makeClient(logger: logger)
            relay =
                configuration.delivery.enabled
                ? Relay(
                    spool: spool,
                    sender: client,
                    options: configuration.relayOptions,
                    destination: { table[$0] },
                    observer: DeliveryLog(log: log, level: level, factory: registry, journal: journal),
                    logger: logger
                ) : nil
        } catch {
            spool.close()
            throw error
        }

        let holder = LaterParts()
        let figures: FiguresPublisher
        let directory: FiguresDirectory
        let templates: PageTemplates
        do {
            directory = try FiguresDirectory(path: configuration.figuresDirectory, name: name)
            templates = try PageTemplates()
            figures = FiguresPublisher(
                directory: directory,
                registry: registry,
                log: log,
                workers: configuration.workers,
                startedAt: WallClock.milliseconds(),
                requests: { holder.responder?.figures },
                relay: { relay?.figures }
            )
        } catch {
            spool.close()
            await client.shutdown()
            throw GatewayStartError("\(error)")
        }
        let registered = configuration.makeSources(keeping: [])
        figures.setSources(registered)
        GatewayMetrics.register(
            in: registry,
            log: log,
            figures: figures,
            requests: { holder.responder?.figures },
            relay: { relay?.figures },
            reload: { holder.reloader?.figures }
        )

        let answering = Answering(log: log, level: level, metrics: EdgeMetrics(factory: registry))
        let recorder = LiveRecorder(
            journal: journal,
            directory: directory,
            configured: { figures.sources },
            // Whoever delivers says how deep the queue is; all of them do while somebody looks, lest nobody does.
            depth: { isWatched in
                isWatched || relay?.figures.isDelivering == true ? try? spool.statistics().depth : nil
            }
        )
        let edge = Edge(
            settings: configuration.edgeSettings(sources: registered),
            intake: Intake(spool: spool, answering: answering, journal: journal),
            admin: AdminRoutes(
                spool: spool,
                figures: figures,
                live: LiveRoutes(
                    spool: spool,
                    figures: figures,
                    recorder: recorder,
                    protection: FormProtection(directory: directory.path),
                    templates: templates,
                    answering: answering
                ),
                configured: { figures.sources.map(\.name) },
                answering: answering
            ),
            answering: answering,
            now: WallClock.now
        )

        let responder: Responder
        do {
            responder = try Responder(
                listeners: configuration.listeners(),
                options: responderOptions,
                logger: logger
            ) { request, reply in edge.handle(request, reply) }
        } catch {
            figures.remove()
            spool.close()
            await client.shutdown()
            throw GatewayStartError("cannot listen: \(error)")
        }
        holder.set(responder)

        let reloader = Reloader(current: configuration, log: log) {
            try GatewayConfiguration.load(locatedBy: path, flags: flags)
        } apply: { new in
            try client.trust(caFile: new.hydra.caFile)
            let sources = new.makeSources(keeping: figures.sources)
            edge.apply(new.edgeSettings(sources: sources))
            figures.setSources(sources)
            table.replace(new.destinations)
            level.set(new.log.level)
            relay?.destinationsChanged()
        }
        holder.set(reloader)

        logger.notice(
            "hydra-gateway starts",
            metadata: [
                "service.version": "\(ProductVersion.text)", "process.pid": "\(getpid())", "responder": "\(name)",
                "listen": "\(responder.addresses.joined(separator: ", "))",
                "spool": "\(configuration.spool.place)", "sources": "\(registered.count)",
            ]
        )
        // Shut down from the last to the first: requests, then delivery, then the spool.
        var services: [any Service] = [
            SpoolService(spool: spool),
            FiguresService(publisher: figures, interval: configuration.admin.figuresInterval),
            LiveService(recorder: recorder),
        ]
        if let relay { services.append(RelayService(relay: relay)) }
        services += [
            ResponderService(
                responder: responder,
                manager: ServiceManager(),
                logger: logger,
                stopWithin: configuration.shutdownTimeout * 0.4
            ),
            SignalService(reloader: reloader, log: log),
            NamedFilesService(reloader: reloader, logger: logger),
        ]
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint, .sigquit],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = configuration.shutdownTimeout * 0.9
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            logger.critical("a part of the gateway failed; the process ends", error: error)
            await BlockingWork.run {
                responder.stop(within: .seconds(1))
                spool.close()
            }
            await client.shutdown()
            throw GatewayStartError("a part of the gateway failed: \(error)")
        }
        await client.shutdown()
        logger.notice("hydra-gateway ended", metadata: ["process.pid": "\(getpid())"])
    }
}

/// The responder and the reloader, once they are there: figures are asked for before.
private final class LaterParts: Sendable {
    private let held = Mutex<(responder: Responder?, reloader: Reloader?)>((nil, nil))

    var responder: Responder? { self.held.withLock { $0.responder } }
    var reloader: Reloader? { self.held.withLock { $0.reloader } }

    func set(_ responder: Responder) {
        self.held.withLock { $0.responder = responder }
    }

    func set(_ reloader: Reloader) {
        self.held.withLock { $0.reloader = reloader }
    }
}
