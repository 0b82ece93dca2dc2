internal import Logging
internal import Spool
internal import Synchronization

/// Partitions that this process gave back because a later version is needed for them, and what is told of partitions that cannot be
/// delivered.
///
/// Safe on any thread.
final class HandedBack: Sendable {
    /// How long such a partition is left alone.
    private static let pause: Duration = .seconds(60)

    private struct State {
        var until: [Int: ContinuousClock.Instant] = [:]
        /// What was told last of each.
        var told: [Int: SpoolError.Code] = [:]
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(logger: Logger) {
        self.logger = logger
    }

    /// - Parameter error: why, and which version is needed.
    func add(_ error: SpoolError, partition: Int) {
        self.state.withLock { $0.until[partition] = ContinuousClock.now + Self.pause }
        self.logger.error(
            "a partition is handed back: it needs a later version",
            metadata: ["partition": "\(partition)", "error": "\(error)"]
        )
    }

    func isPaused(_ partition: Int) -> Bool {
        self.state.withLock { state in
            guard let until = state.until[partition] else { return false }
            if ContinuousClock.now < until { return true }
            state.until[partition] = nil
            return false
        }
    }

    /// Tells once why a partition cannot be delivered; nil: it can.
    func tell(_ error: SpoolError?, partition: Int) {
        let isNews = self.state.withLock { state -> Bool in
            defer { state.told[partition] = error?.code }
            return state.told[partition] != error?.code
        }
        guard isNews else { return }
        if let error {
            guard error.code != .stopped else { return }
            self.logger.error(
                "a partition cannot be delivered",
                metadata: ["partition": "\(partition)", "error": "\(error)"]
            )
        } else {
            self.logger.notice("a partition can be delivered again", metadata: ["partition": "\(partition)"])
        }
    }
}
