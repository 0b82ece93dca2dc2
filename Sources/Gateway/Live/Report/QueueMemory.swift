import Spool
import Synchronization

/// What was in the queue at the last looks.
///
/// An event that no journal saw leave, and that the queue does not have any more, has left unseen. But the responder
/// that delivers tells of it up to a second later. So the queue is asked as it was before that responder last told:
/// whatever had left by then is told of, or was so long ago that its entry is gone. Any thread.
final class QueueMemory: Sendable {
    /// The queue as of one moment.
    struct State: Sendable {
        /// Before it was read, milliseconds since 1970.
        let at: Int64
        fileprivate let sources: [String: SourceStatistics]

        init(_ statistics: SpoolStatistics, at: Int64) {
            self.at = at
            self.sources = Dictionary(
                statistics.sources.map { ($0.source, $0) },
                uniquingKeysWith: { first, _ in first }
            )
        }

        /// Whether the event of this entry may have waited then, or came later.
        func mayHold(_ entry: JournalEntry) -> Bool {
            if entry.at >= self.at { return true }
            guard let source = self.sources[entry.source], source.depth > 0 else { return false }
            return source.oldestReceivedAt.map { $0 <= entry.receivedAt } ?? true
        }
    }

    /// States that are kept: at one look a second enough to find one that is older than the oldest file.
    private static let kept = 8

    private let states = Mutex<[State]>([])

    /// Remembers a state.
    func remember(_ state: State) {
        self.states.withLock { states in
            states.append(state)
            if states.count > Self.kept { states.removeFirst() }
        }
    }

    /// The newest state that is not newer than `limit` (milliseconds since 1970); nil: nothing is known.
    func newest(notAfter limit: Int64) -> State? {
        self.states.withLock { states in states.filter { $0.at <= limit }.max { $0.at < $1.at } }
    }
}
