import GRDB

/// What the engine holds and what waits, for metrics. A value.
package struct EngineFigures: Sendable {
    /// Events that were ever taken; the highest number given out.
    package let lastEvent: Int64
    /// Events behind the last that the scanners have looked at.
    package let unscannedEvents: Int64
    /// Persons that are to be looked at again.
    package let stalePersons: Int
    /// Companies that are to be looked at again.
    package let staleCompanies: Int
    /// Runs of scanners over all records that have not finished.
    package let openRuns: Int
    /// Events that the patterns do not know yet, of the account that is furthest behind.
    package let unminedEvents: Int64
    /// Bytes of the database, without its write-ahead log.
    package let databaseBytes: Int64
    /// Bytes of its pages that are free.
    package let freeBytes: Int64
    /// Calls are refused at the moment.
    package let isRefusing: Bool
}

extension Engine {
    /// Counts what is there; milliseconds, on the calling thread.
    package func figures() throws -> EngineFigures {
        let isRefusing = self.refusal() != nil
        return try self.store.pool.read { db in
            func number(_ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? 0 }
            let last = try ScannerStore.lastEvent(in: db)
            let scanned = try ScanWork.position("scanning", in: db)
            let mined = try Int64.fetchOne(db, sql: "SELECT min(event) FROM patternPasses") ?? last
            let page = try number("PRAGMA page_size")
            return EngineFigures(
                lastEvent: last,
                unscannedEvents: max(0, last &- scanned),
                stalePersons: Int(clamping: try number("SELECT count(*) FROM stalePersons")),
                staleCompanies: Int(clamping: try number("SELECT count(*) FROM staleCompanies")),
                openRuns: Int(clamping: try number("SELECT count(*) FROM scanRuns WHERE finishedAt IS NULL")),
                unminedEvents: max(0, last &- mined),
                databaseBytes: try number("PRAGMA page_count") &* page,
                freeBytes: try number("PRAGMA freelist_count") &* page,
                isRefusing: isRefusing
            )
        }
    }
}
