import ServiceLifecycle
import Telemetry
import UnixSignals

/// SIGHUP reads the configuration again, SIGUSR1 reopens the log. SIGTERM and SIGINT belong to the service group.
struct SignalService: Service {
    let reloader: Reloader
    let log: LogSink

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigusr1)
        for await signal in signals.cancelOnGracefulShutdown() {
            switch signal {
            case .sighup:
                let reloader = self.reloader
                await BlockingWork.run { reloader.reload() }
            case .sigusr1: self.log.reopen()
            default: break
            }
        }
    }
}
