import FastCGI
import Logging
import Relay
import ServiceLifecycle
import Spool
import Telemetry

/// Closes the spool after everything that uses it has stopped.
struct SpoolService: Service {
    let spool: any Spool

    func run() async throws {
        try? await gracefulShutdown()
        let spool = self.spool
        await BlockingWork.run { spool.close() }
    }
}

/// Delivers until the group shuts down; calls in flight are finished first.
struct RelayService: Service {
    let relay: Relay

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await self.relay.run() }
    }
}

/// Serves requests until the group shuts down; then accepts no more, answers what is in flight, and closes.
struct ResponderService: Service {
    let responder: Responder
    /// Hears when requests are served, that they still are, and when that ends.
    let manager: ServiceManager?
    let logger: Logger
    /// Requests in flight get this long to be answered; the relay and the spool need the rest of the shutdown's time.
    let stopWithin: Duration

    func run() async throws {
        let responder = self.responder
        try responder.start()
        if let manager, !manager.ready(status: "serving on \(responder.addresses.joined(separator: ", "))") {
            self.logger.warning("the service manager cannot be told that requests are served")
        }
        let watchdog = self.manager.flatMap { Watchdog($0) { time in responder.isResponsive(within: time) } }
        try? await gracefulShutdown()
        self.manager?.stopping()
        let stopWithin = self.stopWithin
        await BlockingWork.run {
            watchdog?.stop()
            responder.stop(within: stopWithin)
        }
    }
}

/// Writes this responder's figures beside the spool from time to time, and removes them at the end.
struct FiguresService: Service {
    let publisher: FiguresPublisher
    let interval: Duration

    func run() async throws {
        let publisher = self.publisher
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await BlockingWork.run { publisher.publish() }
                try await Task.sleep(for: self.interval)
            }
        }
        publisher.remove()
    }
}
