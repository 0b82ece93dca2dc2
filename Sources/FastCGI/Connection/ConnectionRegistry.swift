import Synchronization

/// All open connections; it keeps them alive.
///
/// Threads: all.
final class ConnectionRegistry: Sendable {
    private let connections = Mutex<[ObjectIdentifier: Connection]>([:])
    /// Slots taken: open connections and those being accepted.
    private let taken = Atomic<Int>(0)
    /// Connections that rest with a request that has come in part.
    private let receiving = Atomic<Int>(0)

    var count: Int { self.taken.load(ordering: .sequentiallyConsistent) }

    /// How many connections rest with a request that has come in part: counted, so that thousands of idle connections
    /// need not be looked at to find out that there is none.
    var receivingCount: Int { self.receiving.load(ordering: .relaxed) }

    /// A connection is about to rest with a part of a request.
    func beginsReceiving() {
        self.receiving.add(1, ordering: .relaxed)
    }

    /// Its owner has taken it again.
    func endsReceiving() {
        self.receiving.subtract(1, ordering: .relaxed)
    }

    /// Reserves a slot; false if `limit` are taken.
    func reserve(limit: Int) -> Bool {
        if self.taken.add(1, ordering: .sequentiallyConsistent).newValue <= limit { return true }
        self.release()
        return false
    }

    /// Gives a slot back; returns how many are still taken.
    @discardableResult
    func release() -> Int {
        self.taken.subtract(1, ordering: .sequentiallyConsistent).newValue
    }

    /// Fills a reserved slot.
    func insert(_ connection: Connection) {
        self.connections.withLock { $0[ObjectIdentifier(connection)] = connection }
    }

    /// Empties a slot.
    func remove(_ connection: Connection) {
        self.connections.withLock { $0[ObjectIdentifier(connection)] = nil }
    }

    /// A snapshot: connections may close meanwhile.
    var all: [Connection] {
        self.connections.withLock { Array($0.values) }
    }
}
