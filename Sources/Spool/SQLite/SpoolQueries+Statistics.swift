import GRDB

extension SpoolQueries {
    /// The figures that the database knows; the spool adds bounds and free space.
    func statistics(now: Int64, window: Int64) throws -> SpoolStatistics {
        var statistics = SpoolStatistics()
        var floorAt: Int64 = 0
        var rows: [Int64: SourceStatistics] = [:]
        let select = try self.db.cachedStatement(
            sql: """
                SELECT id, name, fresh, deferred, dead, rejected, rejectedDropped, appended, duplicates, delivered,
                    lastId, seenLogKeys, seenFloorAt
                FROM ledger
                """
        )
        try select.forEachRow {
            let id = select.int64(0)
            if id == 0 {
                statistics.lastId = select.int64(10)
                statistics.dedupeIds = select.int(11)
                floorAt = select.int64(12)
                return
            }
            var source = SourceStatistics(source: select.text(1))
            source.fresh = select.int(2)
            source.deferred = select.int(3)
            source.dead = select.int(4)
            source.rejected = select.int(5)
            source.appended = select.int(7)
            source.duplicates = select.int(8)
            source.delivered = select.int(9)
            rows[id] = source
            statistics.fresh += source.fresh
            statistics.deferred += source.deferred
            statistics.dead += source.dead
            statistics.rejected += source.rejected
            statistics.rejectedDropped += select.int(6)
            statistics.appended += source.appended
            statistics.duplicates += source.duplicates
            statistics.delivered += source.delivered
        }
        let packed = try self.db.cachedStatement(sql: "SELECT coalesce(sum(keys), 0) FROM seenRun")
        statistics.dedupeIds += try packed.firstRow { packed.int(0) } ?? 0
        statistics.dedupeWindow = min(window, max(0, now - floorAt))
        try self.findOldest(&statistics, &rows)
        statistics.bytes = try self.usedBytes()
        statistics.sources = rows.values.sorted { $0.source < $1.source }
        return statistics
    }

    /// The oldest call stands among the first of the fresh and of the deferred ones: ids rise with the time of arrival,
    /// but for what was replayed.
    private func findOldest(
        _ statistics: inout SpoolStatistics,
        _ rows: inout [Int64: SourceStatistics]
    ) throws {
        for table in ["calls", "deferred"] {
            let select = try self.db.cachedStatement(sql: "SELECT source, receivedAt FROM \(table) ORDER BY id LIMIT ?")
            select.bind(SpoolStatistics.examinedCalls, at: 1)
            try select.forEachRow {
                let receivedAt = select.int64(1)
                statistics.oldestReceivedAt = min(statistics.oldestReceivedAt ?? receivedAt, receivedAt)
                let source = select.int64(0)
                let known = rows[source]?.oldestReceivedAt ?? receivedAt
                rows[source]?.oldestReceivedAt = min(known, receivedAt)
            }
        }
    }

    /// Pages in use.
    private func usedBytes() throws -> Int64 {
        let pages = try self.db.cachedStatement(sql: "PRAGMA page_count")
        let free = try self.db.cachedStatement(sql: "PRAGMA freelist_count")
        let used = try (pages.firstRow { pages.int64(0) } ?? 0) - (free.firstRow { free.int64(0) } ?? 0)
        return used * Int64(Schema.pageSize)
    }
}
