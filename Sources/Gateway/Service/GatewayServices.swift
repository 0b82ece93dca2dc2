import FastCGI
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
    /// Requests in flight get this long to be answered; the relay and the spool need the rest of the shutdown's time.
    let stopWithin: Duration

    func run() async throws {
        try self.responder.start()
        try? await gracefulShutdown()
        let responder = self.responder
        let stopWithin = self.stopWithin
        await BlockingWork.run { responder.stop(within: stopWithin) }
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
