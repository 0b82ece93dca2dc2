import GRDB
import Glibc
import Logging
import Synchronization

/// Turns what waits into transactions: the body of the committer thread.
///
/// `commit` is called by that thread alone; the rest by any.
final class CallWriter: Sendable {
    private let store: Store
    private let minimumFreeBytes: UInt64
    private let logger: Logger
    /// Taken out for the length of a transaction and put back when it is committed, so a rollback empties it.
    private let cache = Mutex(ApplyCache())
    private let lastRefusal = Mutex<String?>(nil)

    init(store: Store, minimumFreeBytes: UInt64, logger: Logger) {
        self.store = store
        self.minimumFreeBytes = minimumFreeBytes
        self.logger = logger
    }

    /// Why the last transaction failed; nil if it did not.
    var refusal: String? { self.lastRefusal.withLock { $0 } }

    func commit(_ items: [WriteItem]) -> [WriteOutcome] {
        var outcomes: [WriteOutcome] = []
        outcomes.reserveCapacity(items.count)
        var start = items.startIndex
        while start < items.endIndex {
            var end = start
            var calls = 0
            repeat {
                calls += items[end].count
                end += 1
            } while end < items.endIndex && calls + items[end].count <= EngineLimits.transactionCalls
            outcomes += self.commitTogether(items[start..<end])
            start = end
        }
        return outcomes
    }

    /// Writes nothing, durably: tells whether the disk takes writes again.
    ///
    /// - Returns: why not.
    func probe() -> String? {
        do {
            try self.checkDisk()
            try self.store.pool.write { db in try db.execute(sql: "PRAGMA user_version = 0") }
            self.note(nil)
            return nil
        } catch {
            return self.note(error)
        }
    }

    private func commitTogether(_ items: ArraySlice<WriteItem>) -> [WriteOutcome] {
        do {
            let outcomes = try self.transaction(items)
            self.note(nil)
            return outcomes
        } catch {
            guard Self.isAboutOneCall(error) else {
                let problem = CallProblem(.unavailable, "The store cannot be written now.")
                self.note(error)
                return items.map { _ in .failed(problem) }
            }
            return items.map { self.commitAlone($0) }
        }
    }

    /// One of several items made the transaction fail: each gets its own, so that only that one suffers.
    private func commitAlone(_ item: WriteItem) -> WriteOutcome {
        switch item {
        case .calls(let calls):
            return .calls(calls.map { call in self.commitAlone(call) })
        case .erase, .separate:
            do {
                return try self.transaction([item])[0]
            } catch {
                return .failed(self.problem(error, messageId: nil))
            }
        }
    }

    private func commitAlone(_ call: IncomingCall) -> CallOutcome {
        do {
            guard case .calls(let outcomes) = try self.transaction([.calls([call])]).first, let outcome = outcomes.first
            else { return .failed(CallProblem(.internalError, "The call was not written.")) }
            return outcome
        } catch {
            return .failed(self.problem(error, messageId: call.messageId))
        }
    }

    private func problem(_ error: any Error, messageId: String?) -> CallProblem {
        guard Self.isAboutOneCall(error) else {
            self.note(error)
            return CallProblem(.unavailable, "The store cannot be written now.")
        }
        self.logger.error(
            "a call could not be written",
            metadata: ["error.message": "\(error)", "message_id": "\(messageId ?? "")"]
        )
        return CallProblem(.internalError, "The call could not be written; the log of hydra says why.")
    }

    private func transaction(_ items: ArraySlice<WriteItem>) throws -> [WriteOutcome] {
        try self.checkDisk()
        return try self.store.pool.writeWithoutTransaction { db in
            var applier = CallApplier(
                db: db,
                cache: self.cache.withLock { cache in
                    defer { cache = ApplyCache() }
                    return cache
                }
            )
            var outcomes: [WriteOutcome] = []
            outcomes.reserveCapacity(items.count)
            try db.inTransaction(.immediate) {
                for item in items {
                    switch item {
                    case .calls(let calls): outcomes.append(.calls(try calls.map { try applier.apply($0) }))
                    case .erase(let account, let person):
                        outcomes.append(.erased(try applier.erase(person, account: account)))
                    case .separate(let account):
                        outcomes.append(.separated(try applier.separate(account)))
                    }
                }
                try applier.finish()
                return .commit
            }
            try self.store.confirmSync()
            let filled = applier.cache
            self.cache.withLock { $0 = filled }
            return outcomes
        }
    }

    /// Leaves the last bytes of the disk to what is already begun.
    private func checkDisk() throws {
        var info = statvfs()
        guard unsafe statvfs(self.store.directory, &info) == 0 else { return }
        guard UInt64(info.f_bavail) &* UInt64(info.f_frsize) >= self.minimumFreeBytes else {
            throw DatabaseError(resultCode: .SQLITE_FULL, message: "less than \(self.minimumFreeBytes) bytes are free")
        }
    }

    /// Whether an error may be the fault of one call; the disk's and SQLite's own concern all.
    private static func isAboutOneCall(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return true }
        switch error.resultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_RANGE, .SQLITE_TOOBIG, .SQLITE_ERROR, .SQLITE_MISUSE:
            return true
        default: return false
        }
    }

    /// Keeps the reason for readiness, and logs where it changes.
    @discardableResult
    private func note(_ error: (any Error)?) -> String? {
        let reason = error.map { "\(Store.explain($0, path: self.store.path))" }
        let before = self.lastRefusal.withLock { last in
            defer { last = reason }
            return last
        }
        if let reason, before == nil {
            self.logger.error(
                "calls cannot be written; they are answered 503 until it works again",
                metadata: ["error.message": "\(reason)"]
            )
        } else if reason == nil, before != nil {
            self.logger.notice("calls are written again")
        }
        return reason
    }
}
