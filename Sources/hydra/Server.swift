import FastCGI
import Glibc
import HydraEngine
import HydraLimits
import HydraSourcing
import Logging
import Telemetry

/// `hydra serve` from its start to its end. The main thread's.
struct Server {
    /// From the signal to the end of the process, at most; what is not answered by then is sent again by its sender.
    private static let stopSeconds: UInt32 = 10
    /// Of these, for requests that have begun.
    private static let answering = Duration.seconds(7)

    let data: String
    let options: ServeOptions
    let pages: ScreenOptions

    func run() throws {
        StopSignals.block()
        Responder.prepareProcess()
        let sink = try LogSink(
            self.options.log == "-" ? .standardError : .file(self.options.log),
            dataset: CallLog.dataset
        )
        defer { sink.close() }
        let level = self.options.logLevel.level
        let logger = Logger(label: "hydra") { label in
            ECSLogHandler(sink: sink, dataset: "\(CallLog.dataset)", label: label, level: level)
        }
        do {
            try self.serve(sink, logger)
        } catch {
            logger.critical("hydra does not start", metadata: ["error.message": "\(error)"])
            throw error
        }
    }

    /// Opens everything, then the sockets; returns when it was told to stop and has.
    private func serve(_ sink: LogSink, _ logger: Logger) throws {
        var engineOptions = EngineOptions()
        engineOptions.workers = self.options.workers
        let sourcing = try CompanySourcing()
        defer { sourcing.close() }
        engineOptions.lookup = sourcing
        let engine = try Engine(directory: self.data, options: engineOptions, logger: logger)
        defer { engine.close() }
        let metrics = ServerMetrics(engine: engine, log: sink)
        let observer = BothObservers(log: CallLog(sink: sink, level: logger.logLevel), metrics: metrics)
        let threads = APIThreads(count: self.options.workers)
        let api = HydraAPI(engine: engine, observer: observer, threads: threads)
        let adapter = FastCGIAdapter(
            api: api,
            screens: try self.pages.screens(engine, api, observer, logger),
            threads: threads,
            pageTime: engine.requestTime,
            metrics: metrics
        )
        let responder = try Responder(
            listeners: try self.options.addresses(),
            options: self.responderOptions,
            logger: logger
        ) { request, reply in
            adapter.handle(request, reply)
        }
        try responder.start()
        logger.notice(
            "hydra serves",
            metadata: [
                "event.action": "start", "process.pid": "\(getpid())", "file.path": "\(self.data)",
                "addresses": "\(responder.addresses.joined(separator: ", "))",
            ]
        )
        let manager = ServiceManager()
        if let manager, !manager.ready(status: "serving on \(responder.addresses.joined(separator: ", "))") {
            logger.warning("the service manager cannot be told that requests are served")
        }
        let watchdog = manager.flatMap { Watchdog($0) { time in responder.isResponsive(within: time) } }
        self.waitForStop(sink, logger)
        manager?.stopping()
        watchdog?.stop()
        // Whatever still hangs then is cut off by the alarm: all that was answered is on disk.
        _ = alarm(Self.stopSeconds)
        responder.stop(within: Self.answering)
        threads.stop()
        engine.close()
        logger.notice("hydra has stopped", metadata: ["event.action": "stop"])
    }

    private func waitForStop(_ sink: LogSink, _ logger: Logger) {
        while true {
            switch StopSignals.next() {
            case .stop:
                logger.notice("hydra is told to stop", metadata: ["event.action": "stopping"])
                return
            case .reopenLog: sink.reopen()
            case .reload: logger.info("nothing to reload: API keys work as soon as they are made")
            }
        }
    }

    private var responderOptions: ResponderOptions {
        var options = ResponderOptions()
        options.workers = self.options.workers
        if !self.options.allowUser.isEmpty { options.allowedUsers = Set(self.options.allowUser) }
        options.limits.bodyBytes = CallLimits.batchBytes
        return options
    }
}
