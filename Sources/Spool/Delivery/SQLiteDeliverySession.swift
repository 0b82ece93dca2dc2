import GRDB
import GroupCommit
import Synchronization

/// The right to deliver from a ``SQLiteSpool``.
///
/// Safe from any task. The lock that it holds goes away with it; it does not keep the spool open.
final class SQLiteDeliverySession: DeliverySession {
    private let store: SpoolStore
    private let bell: Bell
    private let submit: @Sendable (Operation, @escaping @Sendable (Outcome) -> Void) -> Void

    private struct Held {
        let lock: FileLock
        /// The database that the session's ids belong to.
        let databaseId: String
        let listening: Bell.Listening
    }

    private let held: Mutex<Held?>

    /// - Parameters:
    ///   - lock: the delivery lock, held.
    ///   - databaseId: the database that is open.
    ///   - submit: hands an operation to the committer.
    init(
        lock: FileLock,
        databaseId: String,
        store: SpoolStore,
        bell: Bell,
        submit: @escaping @Sendable (Operation, @escaping @Sendable (Outcome) -> Void) -> Void
    ) {
        self.store = store
        self.bell = bell
        self.submit = submit
        self.held = Mutex(Held(lock: lock, databaseId: databaseId, listening: bell.listen()))
    }

    deinit {
        self.letGo {}
    }

    // MARK: Reading

    func fresh(after id: Int64, limit: Int, maximumBytes: Int) async throws -> [StoredCall] {
        try await self.fresh(
            after: id,
            sources: .all,
            limit: limit,
            maximumBytes: maximumBytes,
            maximumRows: .max
        ).calls
    }

    func fresh(
        after id: Int64,
        sources: SourceFilter,
        limit: Int,
        maximumBytes: Int,
        maximumRows: Int
    ) async throws -> FreshPage {
        try await self.read { queries in
            try queries.fresh(
                after: id,
                sources: sources,
                limit: limit,
                maximumBytes: maximumBytes,
                maximumRows: maximumRows
            )
        }
    }

    func freshSources() async throws -> FreshSources {
        try await self.read { try $0.freshSources() }
    }

    func deferredLanes() async throws -> [DeferredLane] {
        try await self.deferredLanes(after: nil, limit: .max)
    }

    func deferredLanes(after lane: Int64?, limit: Int) async throws -> [DeferredLane] {
        try await self.read { try $0.deferredLanes(after: lane, limit: limit) }
    }

    func deferred(lane: Int64, limit: Int, maximumBytes: Int) async throws -> [StoredCall] {
        try await self.deferred(lanes: [lane], limit: limit, maximumBytes: maximumBytes).first?.calls ?? []
    }

    func deferred(lanes: [Int64], limit: Int, maximumBytes: Int) async throws -> [DeferredCalls] {
        try await self.read { try $0.deferred(lanes: lanes, limit: limit, maximumBytes: maximumBytes) }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (SpoolQueries) throws -> Value
    ) async throws -> Value {
        let databaseId = try self.check()
        let connections = try self.store.reading()
        guard connections.databaseId == databaseId else { throw SpoolError.replaced(self.store.directory) }
        do {
            return try await connections.delivery.read { db in
                try body(SpoolQueries(db: db, names: connections.sourceNames))
            }
        } catch {
            throw self.store.readingFailed(error, with: connections)
        }
    }

    // MARK: Settling

    func settle(_ settlements: [Settlement]) async throws {
        let databaseId = try self.check()
        var rest = settlements[...]
        // Short of space one transaction after the other: a large one has no room in the log, however often it is tried.
        var limit = self.store.health.refusing == nil ? settlements.count : Self.shortPiece
        while !rest.isEmpty {
            let piece = Array(rest.prefix(limit))
            let outcome = await withCheckedContinuation { continuation in
                self.submit(.settle(piece, database: databaseId)) { continuation.resume(returning: $0) }
            }
            do throws(SpoolError) {
                _ = try outcome.get()
                rest.removeFirst(piece.count)
            } catch {
                guard error.code == .full, piece.count > 1 else { throw error }
                limit = max(1, min(Self.shortPiece, piece.count / 4))
            }
        }
    }

    /// How many settlements one transaction has while space is short.
    private static let shortPiece = 256

    // MARK: Waiting

    func waitForAppend(seen: Int64?, timeout: Duration) async {
        if let seen {
            let hasFresh = try? await self.read { try $0.hasFresh(after: seen) }
            if hasFresh == true { return }
        }
        await self.bell.wait(timeout: timeout)
    }

    // MARK: Letting go

    func release() async {
        await withCheckedContinuation { continuation in
            self.letGo { continuation.resume() }
        }
    }

    /// Stops listening, then lets the lock go: the next deliverer reads the FIFO alone.
    private func letGo(_ completion: @escaping @Sendable () -> Void) {
        let held = self.held.withLock { held in
            defer { held = nil }
            return held
        }
        guard let held else {
            completion()
            return
        }
        held.listening.end {
            held.lock.unlock()
            completion()
        }
    }

    /// The id of the session's database. The lock must still be the one that others would take: it is not if the directory
    /// was made anew. And the database must be the one that the session began with, because the ids of another mean other
    /// calls.
    private func check() throws(SpoolError) -> String {
        let held = self.held.withLock { held in held.map { ($0.lock, $0.databaseId) } }
        guard let (lock, databaseId) = held else {
            throw SpoolError(
                code: .stopped,
                message: "The delivery session has ended. Acquire another one.",
                retryAfterSeconds: SpoolError.shortPause
            )
        }
        // Without connections, after a failure, the committer will see.
        guard lock.isCurrent, self.store.current.map({ $0.databaseId == databaseId }) != false else {
            throw .replaced(self.store.directory)
        }
        return databaseId
    }
}
