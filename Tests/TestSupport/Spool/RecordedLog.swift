package import Logging
private import Synchronization

/// Keeps what was logged.
package final class RecordedLog: Sendable {
    private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

    package init() {}

    package func lines(at level: Logger.Level) -> [String] {
        self.lines.withLock { $0.filter { $0.level == level }.map(\.text) }
    }

    package struct Handler: LogHandler {
        let log: RecordedLog
        package var logLevel: Logger.Level = .trace
        package var metadata: Logger.Metadata = [:]

        package init(log: RecordedLog) {
            self.log = log
        }

        package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        package func log(event: LogEvent) {
            let text = "\(event.message) \(event.metadata ?? [:])"
            self.log.lines.withLock { $0.append((event.level, text)) }
        }
    }
}
