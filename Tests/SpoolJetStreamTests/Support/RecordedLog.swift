import Logging
import Synchronization

/// Keeps what was logged.
final class RecordedLog: Sendable {
    private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

    func lines(at level: Logger.Level) -> [String] {
        self.lines.withLock { $0.filter { $0.level == level }.map(\.text) }
    }

    struct Handler: LogHandler {
        let log: RecordedLog
        var logLevel: Logger.Level = .trace
        var metadata: Logger.Metadata = [:]

        init(log: RecordedLog) {
            self.log = log
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let text = "\(event.message) \(event.metadata ?? [:])"
            self.log.lines.withLock { $0.append((event.level, text)) }
        }
    }
}
