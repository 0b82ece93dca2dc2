import Glibc
import Synchronization

/// What other threads leave for the keeper.
///
/// Threads: all add, the keeper takes.
final class KeeperQueue: Sendable {
    struct Work {
        var connections: [Connection] = []
        /// A connection has closed since the last time: there may be room for another.
        var isFreed = false
        var isStopped = false
    }

    /// The token of the queue's own signal in ``events``.
    static let token: UInt64 = 0

    /// What the keeper waits for: the queue, and peers that are to take more of an answer.
    let events: EventSet
    private let signal: Signal
    private let work = Mutex(Work())

    init() throws(FastCGIError) {
        self.events = try EventSet()
        self.signal = try Signal()
        guard self.events.add(self.signal.descriptor, .readLevel, token: Self.token) else {
            throw .system(operation: "epoll_ctl", address: "the keeper's signal", errno: errno)
        }
    }

    /// Hands an answer over whose head is printed already; false if the keeper has stopped.
    func add(_ connection: Connection, _ response: Response, _ timeout: UInt64) -> Bool {
        connection.slowAnswer = SlowAnswer(response: response, deadline: monotonicNow() &+ timeout)
        let isTaken = self.work.withLock { work in
            if !work.isStopped { work.connections.append(connection) }
            return !work.isStopped
        }
        if isTaken { self.signal.raise() } else { connection.slowAnswer = nil }
        return isTaken
    }

    func connectionClosed() {
        self.work.withLock { $0.isFreed = true }
        self.signal.raise()
    }

    func wake() {
        self.signal.raise()
    }

    func stop() {
        self.work.withLock { $0.isStopped = true }
        self.signal.raise()
    }

    /// Empties the queue; the stop stays.
    func take() -> Work {
        self.signal.clear()
        return self.work.withLock { work in
            let taken = work
            work.connections = []
            work.isFreed = false
            return taken
        }
    }
}
