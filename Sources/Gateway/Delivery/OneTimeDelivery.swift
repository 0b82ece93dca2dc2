import Hydra
import Logging
import Metrics
import Relay
import Spool
import Telemetry

/// `hydra-gateway deliver --once`: for hosts where no process may stay.
package enum OneTimeDelivery {
    /// Delivers what is due, and returns a sentence about it.
    ///
    /// - Parameter deadline: when to stop; waiting for another delivering process counts.
    /// - Throws: ``GatewayStartError`` when the spool or the client cannot be opened.
    package static func run(_ configuration: GatewayConfiguration, within deadline: Duration) async throws -> String {
        let log = try GatewayLog.open(configuration)
        defer { log.close() }
        let logger = GatewayLog.logger(label: "hydra-gateway", sink: log, level: configuration.log.level)
        let spool = try configuration.openSpool(logger: logger)
        let client = try configuration.makeClient(logger: logger)
        let table = DestinationTable(configuration.destinations)
        let relay = Relay(
            spool: spool,
            sender: client,
            options: configuration.relayOptions,
            destination: { table[$0] },
            observer: DeliveryLog(
                log: log,
                level: LogLevel(configuration.log.level),
                factory: NOOPMetricsHandler.instance,
                journal: nil
            ),
            logger: logger
        )
        let result: Result<RelayFigures, any Error>
        do {
            result = .success(try await relay.deliverOnce(deadline: deadline))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        await BlockingWork.run { spool.close() }
        let figures = try result.get()
        return "\(figures.delivered) delivered, \(figures.retried) to be tried again, \(figures.dead) dead letters"
    }
}
