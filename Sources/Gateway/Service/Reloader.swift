import Logging
import Relay
import Synchronization
import Telemetry

/// Applies a changed configuration to a running gateway, as far as that is possible without a restart.
///
/// One reload at a time; called by ``SignalService``.
final class Reloader: Sendable {
    private let load: @Sendable () throws -> GatewayConfiguration
    private let apply: @Sendable (GatewayConfiguration) throws -> Void
    private let current: Mutex<GatewayConfiguration>
    private let log: LogSink
    private let outcome = Mutex(ReloadFigures())

    /// - Parameters:
    ///   - load: reads the file again, with the flags and environment of the start.
    ///   - apply: puts the new settings into effect for requests and calls that begin from now on.
    init(
        current: GatewayConfiguration,
        log: LogSink,
        load: @escaping @Sendable () throws -> GatewayConfiguration,
        apply: @escaping @Sendable (GatewayConfiguration) throws -> Void
    ) {
        self.current = Mutex(current)
        self.log = log
        self.load = load
        self.apply = apply
    }

    /// The files that the settings in effect name.
    var files: Set<String> { self.current.withLock { $0.files } }

    /// What became of the last reload, for metrics.
    var figures: ReloadFigures { self.outcome.withLock { $0 } }

    /// Reads and applies the configuration; writes exactly one line about it. With mistakes in the file the old
    /// settings stay as they are.
    func reload() {
        do {
            let new = try self.load()
            let difference = new.difference(from: self.current.withLock { $0 })
            try self.apply(new)
            self.current.withLock { $0 = new }
            self.outcome.withLock { $0.note(isSuccess: true) }
            var line = LogLine(
                level: difference.restart.isEmpty ? .notice : .warning,
                message: "configuration reloaded",
                action: "reload",
                dataset: "hydra-gateway"
            )
            line.add(FieldName.eventOutcome, "success" as StaticString)
            line.add("labels.changed", difference.reloadable.joined(separator: ", "))
            if !difference.restart.isEmpty {
                line.add("labels.needs_restart", difference.restart.joined(separator: ", "))
            }
            self.log.write(line.finish())
        } catch {
            self.outcome.withLock { $0.note(isSuccess: false) }
            var line = LogLine(
                level: .error,
                message: "configuration not reloaded, the old settings stay",
                action: "reload",
                dataset: "hydra-gateway"
            )
            line.add(FieldName.eventOutcome, "failure" as StaticString)
            line.add(FieldName.errorType, "configuration" as StaticString)
            line.add(FieldName.errorMessage, Self.text(of: error))
            self.log.write(line.finish())
        }
    }

    private static func text(of error: any Error) -> String {
        guard let error = error as? ConfigurationError else { return "\(error)" }
        return error.mistakes.map { "\($0)" }.joined(separator: "; ")
    }
}

/// How the configuration was read last. A value.
struct ReloadFigures: Sendable {
    /// The start counts as one that worked.
    private(set) var wasSuccess = true
    /// Milliseconds since 1970.
    private(set) var at = WallClock.milliseconds()

    mutating func note(isSuccess: Bool) {
        self.wasSuccess = isSuccess
        if isSuccess { self.at = WallClock.milliseconds() }
    }
}
