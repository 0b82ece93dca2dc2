import GRDB
import Synchronization

/// Looking after the file, between the transactions that were asked for. On the committer thread, but for
/// ``givesPagesBack``.
extension SpoolCommitter {
    /// Copies what is left of a log that is long, so that the next commit starts it over.
    ///
    /// While space is short it is kept short, and who reads is waited for: a log that grows takes what the database needs.
    /// A failure here is left to the commit, which can do without unless the disk has failed for it, too.
    func restartLog(_ db: Database, _ connections: Connections, isAsked: Bool) {
        let isShort = self.store.health.refusing != nil
        let isTooLong = self.isLong(connections, times: isShort ? 1 : Self.longestLog)
        guard self.restartsLog.exchange(false, ordering: .acquiring) || isTooLong || isAsked else { return }
        repeat {
            do {
                if try WALGauge.checkpoint(db, waits: isShort) { connections.gauge.reset() }
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                // At once again, before anything else takes what is released.
            } catch {
                return
            }
        } while self.store.reserve.releasePiece()
    }

    private func isLong(_ connections: Connections, times: Int) -> Bool {
        connections.gauge.pages * Schema.pageSize >= self.store.checkpointBytes * times
    }

    /// Forgets old message ids and gives free pages back, a little at a time.
    func tend(_ db: Database, now: Int64) throws {
        try self.inTransaction(db) {
            try self.ledger.begin(db)
            try self.synchroniseSeen(db)
            if let tended = try self.seen.tend(db, now: now) { self.ledger.setSeen(tended) }
            // That the disk can be written is what a failed spool wants to know.
            if self.store.health.failure != nil {
                try db.cachedStatement(sql: "UPDATE ledger SET lastId = lastId WHERE id = 0").run()
            }
            try self.ledger.write(db)
        }
        self.store.reserve.take(leaving: self.store.minimumFreeBytes)
        self.ledger.committed()
        self.seen.committed(lastId: self.ledger.head.lastId, at: now)
    }

    /// Gives free pages of the file back to the file system: some of those of a spool that was large once, for as long
    /// as a commit may be kept waiting; all of them while the disk is low, for longer, because no calls are taken then.
    func giveFreePagesBack(_ db: Database, _ connections: Connections) throws {
        let isLow = self.store.health.bound?.code == .diskLow
        let end = ContinuousClock.now + (isLow ? .milliseconds(200) : .milliseconds(20))
        let vacuum = try db.cachedStatement(sql: "PRAGMA incremental_vacuum(64)")
        var gives = try self.hasTooManyFreePages(db, isLow: isLow)
        let gave = gives
        while gives, ContinuousClock.now < end, !(isLow && self.isLong(connections, times: 1)) {
            try vacuum.run()
            gives = try self.hasTooManyFreePages(db, isLow: isLow)
        }
        self.hasPagesToGiveBack.store(gives, ordering: .relaxed)
        // The file becomes shorter when the log is copied.
        if gave, isLow { self.restartLog(db, connections, isAsked: true) }
    }

    /// Whether a next call of ``giveFreePagesBack`` has something to do; for the keeper.
    var givesPagesBack: Bool { self.hasPagesToGiveBack.load(ordering: .relaxed) }

    private func hasTooManyFreePages(_ db: Database, isLow: Bool) throws -> Bool {
        let pages = try db.cachedStatement(sql: "PRAGMA page_count")
        let free = try db.cachedStatement(sql: "PRAGMA freelist_count")
        let count = try pages.firstRow { pages.int(0) } ?? 0
        let unused = try free.firstRow { free.int(0) } ?? 0
        return isLow ? unused > 0 : unused > Self.keptFreePages && unused > count / 2
    }
}
