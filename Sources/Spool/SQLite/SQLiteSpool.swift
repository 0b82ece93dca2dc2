import GRDB
import GroupCommit
package import Logging
import Synchronization

/// The spool on SQLite: one database file that several processes share.
///
/// Everything that writes goes through one committer, which takes what waits, takes the lock that the processes share,
/// and commits it in one transaction with `synchronous = FULL`; so an acknowledged call has survived an `fdatasync`.
/// Reading has connections of its own. All members may be called from any thread.
package final class SQLiteSpool: Spool {
    /// How much one transaction writes, roughly, in bytes: bounds memory and the time that a commit takes. Never more than
    /// the log has at a checkpoint: on a small disk one commit must not take what has to stay free.
    private static let commitBytes = 8 << 20

    /// How many dead letters are moved in one transaction.
    private static let deadPiece = 500

    private let store: SpoolStore
    private let committer: GroupCommitter<Operation, Outcome>
    private let keeper: SpoolKeeper
    private let bell: Bell
    private let deliveryLock: DeliveryLock
    private let logger: Logger
    private let isClosed = Atomic<Bool>(false)

    /// Opens the spool, making it if it is not there yet.
    ///
    /// - Throws: when the directory is missing and cannot be made, or may not be written; when the disk is full; when the
    ///   files belong to a later version. A broken file is no error: it is set aside with a line in the log.
    package init(configuration: SQLiteSpoolConfiguration, logger: Logger) throws(SpoolError) {
        let directory = SpoolDirectory(path: configuration.directory)
        // Before anything else: how much space there is can be asked of a directory that is there alone.
        if !configuration.looksOnly { try directory.prepare() }
        let store = SpoolStore(directory: directory, configuration: configuration)
        let bell = Bell(directory: directory)
        let keeperBox = KeeperBox()
        let spoolCommitter = SpoolCommitter(
            store: store,
            logger: logger,
            ring: { bell.ring() },
            logIsLong: { keeperBox.keeper?.logIsLong() }
        )
        do throws(SpoolError) {
            if configuration.looksOnly { try directory.prepare() }
            try spoolCommitter.open()
        } catch {
            guard configuration.looksOnly, error.code == .full || error.code == .readOnly else { throw error }
            try spoolCommitter.openToLook()
        }
        let committer = GroupCommitter<Operation, Outcome>(
            label: "spool",
            maximumWeight: min(Self.commitBytes, store.checkpointBytes),
            weight: { $0.weight },
            commit: { spoolCommitter.commit($0) }
        )
        let keeper = SpoolKeeper(store: store, committer: spoolCommitter, logger: logger) {
            _ = committer.submit(.tend) { _ in }
        }
        keeperBox.keeper = keeper
        if !configuration.looksOnly { keeper.start() }
        self.store = store
        self.bell = bell
        self.committer = committer
        self.keeper = keeper
        self.deliveryLock = DeliveryLock(directory: directory)
        self.logger = logger
    }

    deinit {
        guard !self.isClosed.load(ordering: .acquiring) else { return }
        // The last reference may go away in a completion, on a thread that closing waits for.
        let parts = self.parts
        do {
            try WorkerThread.start(name: "spool-close") { parts.close() }
        } catch {
            // Its files are closed with the process, and whole without that.
            self.logger.error("a spool stays open", metadata: ["error": "\(error)"])
        }
    }

    /// Has the spool looked after, as its keeper does every half minute, and waits for it.
    func tend() async {
        await withCheckedContinuation { continuation in
            if !self.committer.submit(.tend, completion: { _ in continuation.resume() }) { continuation.resume() }
        }
    }

    // MARK: Intake

    package func append(
        _ batch: AppendBatch,
        completion: @escaping @Sendable (Result<AppendReceipt, SpoolError>) -> Void
    ) {
        if let refusing = self.store.health.refusingNow() { return completion(.failure(refusing)) }
        guard !batch.calls.isEmpty || !batch.rejected.isEmpty else {
            return completion(.success(AppendReceipt(duplicates: [])))
        }
        if let call = batch.calls.first(where: { $0.body.count > SpoolLimits.callBytes }) {
            return completion(.failure(Self.tooLarge(call)))
        }
        self.submit(.append(batch)) { outcome in
            completion(
                outcome.map { reply in
                    if case .appended(let receipt) = reply { receipt } else { AppendReceipt(duplicates: []) }
                }
            )
        }
    }

    /// Whether there is a spool in a directory. Makes nothing.
    package static func exists(in directory: String) -> Bool { SpoolDirectory(path: directory).hasDatabase }

    package var refusing: SpoolError? { self.store.health.refusing }

    package func look() -> SpoolError? { self.store.health.look() }

    private func submit(_ operation: Operation, _ completion: @escaping @Sendable (Outcome) -> Void) {
        if !self.committer.submit(operation, completion: completion) { completion(.failure(.stopped)) }
    }

    private static func tooLarge(_ call: NewCall) -> SpoolError {
        SpoolError(
            code: .tooLarge,
            message: "The call \(call.messageId) is \(call.body.count) bytes long, at most \(SpoolLimits.callBytes) are"
                + " stored. Lower the limit for events.",
            retryAfterSeconds: SpoolError.longPause
        )
    }

    // MARK: Delivery

    /// One file, one writer at a time: more partitions would not make it faster.
    package var partitions: Int { 1 }

    package func acquireDelivery(partition: Int) async throws -> any DeliverySession {
        let lock = try await self.deliveryLock.acquire()
        let databaseId = try self.store.reading().databaseId
        let committer = self.committer
        return SQLiteDeliverySession(
            lock: lock,
            databaseId: databaseId,
            store: self.store,
            bell: self.bell
        ) { operation, completion in
            if !committer.submit(operation, completion: completion) { completion(.failure(.stopped)) }
        }
    }

    // MARK: Looking and repairing

    package func statistics() throws -> SpoolStatistics {
        let configuration = self.store.configuration
        var statistics = try self.query { queries in
            try queries.statistics(
                now: configuration.clock(),
                window: configuration.dedupeWindow.milliseconds
            )
        }
        statistics.maximumBytes = configuration.maximumBytes
        statistics.freeBytes = self.store.directory.freeBytes ?? 0
        statistics.refusing = self.look()
        return statistics
    }

    package func deadLetters(source: String?, after id: Int64, limit: Int) throws -> [DeadLetter] {
        try self.query { try $0.deadLetters(source: source, after: id, limit: limit) }
    }

    package func deadLetter(id: Int64) throws -> DeadLetter? {
        try self.query { try $0.deadLetter(id: id) }
    }

    package func newestDeadLetters(limit: Int) throws -> [DeadLetter] {
        try self.query { try $0.newestDeadLetters(limit: limit) }
    }

    package func deadIds(code: String?, after id: Int64, through: Int64, limit: Int) throws -> [Int64] {
        try self.query { try $0.deadIds(code: code, after: id, through: through, limit: limit) }
    }

    package func replayDead(_ selection: DeadSelection) throws -> Int {
        try self.change(.replay, selection)
    }

    package func dropDead(_ selection: DeadSelection) throws -> Int {
        try self.change(.drop, selection)
    }

    package func rejectedEvents(after id: Int64, limit: Int) throws -> [RejectedRecord] {
        try self.query { try $0.rejectedEvents(after: id, limit: limit) }
    }

    private func query<Value>(_ body: (SpoolQueries) throws -> Value) throws -> Value {
        let connections = try self.store.reading()
        do {
            return try connections.queries.read { db in
                try body(SpoolQueries(db: db, names: connections.sourceNames))
            }
        } catch {
            throw self.store.readingFailed(error, with: connections)
        }
    }

    /// Moves dead letters piece by piece, so that gateways commit in between. A call that is replayed and dies again
    /// has a higher id than all that are meant.
    private func change(_ action: DeadAction, _ selection: DeadSelection) throws -> Int {
        let through = try self.query { try $0.lastDeadId() }
        var after: Int64 = .min
        var count = 0
        while true {
            let piece = DeadPiece(selection: selection, after: after, through: through, limit: Self.deadPiece)
            let box = OutcomeBox()
            self.submit(.dead(action, piece)) { box.put($0) }
            guard case .dead(let moved, let lastId) = try box.take().get() else { return count }
            count += moved
            guard let lastId, moved == Self.deadPiece else { return count }
            after = lastId
        }
    }

    /// The open connections; for tests, which look at their settings.
    var connections: Connections? { self.store.current }

    // MARK: Closing

    package func close() {
        guard !self.isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.parts.close()
    }

    private var parts: Parts {
        Parts(store: self.store, committer: self.committer, keeper: self.keeper, deliveryLock: self.deliveryLock)
    }

    /// What has to be closed, in this order.
    private struct Parts: Sendable {
        let store: SpoolStore
        let committer: GroupCommitter<Operation, Outcome>
        let keeper: SpoolKeeper
        let deliveryLock: DeliveryLock

        func close() {
            self.deliveryLock.close()
            self.keeper.stop()
            self.committer.stop()
            self.store.close()
            self.store.replace(nil)?.close()
        }
    }
}
