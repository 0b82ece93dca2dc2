import Logging
import Telemetry

/// The log of the process: one sink for the hot lines and for swift-log.
enum GatewayLog {
    static func open(_ configuration: GatewayConfiguration) throws(GatewayStartError) -> LogSink {
        do {
            return try LogSink(configuration.log.file.map { .file($0) } ?? .standardError)
        } catch {
            throw GatewayStartError("the log cannot be written: \(error)")
        }
    }

    /// A logger for the targets that take one.
    static func logger(label: String, sink: LogSink, level: Logger.Level) -> Logger {
        var logger = Logger(label: label) { _ in ECSLogHandler(sink: sink, dataset: "hydra-gateway") }
        logger.logLevel = level
        return logger
    }
}
