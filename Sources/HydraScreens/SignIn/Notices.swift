import Synchronization

/// What a session is told on its next page, once: that something was done, or a new API key.
///
/// In memory alone: a key must not reach the disk. Any thread.
final class Notices: Sendable {
    struct Notice: Sendable {
        var text: String
        /// Something went wrong.
        var isProblem = false
        /// A new API key, to be shown this once.
        var key: String?
        var keyName: String?
    }

    /// Notices that wait; the first is forgotten for the next.
    private static let maximum = 200

    private let waiting = Mutex<[(session: [UInt8], notice: Notice)]>([])

    func leave(_ notice: Notice, for session: [UInt8]) {
        self.waiting.withLock { waiting in
            waiting.removeAll { $0.session == session }
            if waiting.count >= Self.maximum { waiting.removeFirst() }
            waiting.append((session, notice))
        }
    }

    func take(for session: [UInt8]) -> Notice? {
        self.waiting.withLock { waiting in
            guard let place = waiting.firstIndex(where: { $0.session == session }) else { return nil }
            return waiting.remove(at: place).notice
        }
    }
}
