import Logging
import Synchronization

/// The least level that is written; a reload may change it. Any thread.
final class LogLevel: Sendable {
    private let minimum: Atomic<Int>

    init(_ level: Logger.Level) {
        self.minimum = Atomic(Self.rank(level))
    }

    /// Lines from `level` on are written from now on.
    func set(_ level: Logger.Level) {
        self.minimum.store(Self.rank(level), ordering: .relaxed)
    }

    func isOn(_ level: Logger.Level) -> Bool {
        Self.rank(level) >= self.minimum.load(ordering: .relaxed)
    }

    private static func rank(_ level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }
}
