import Foundation
import GRDB
import HydraPatterns

/// Brings the histories of a usage set up to its counts.
///
/// Reads only the days that new events are on, and those after them: not all history again. Lives within one access to
/// the database.
struct UseHistories {
    let db: Database
    let usageSet: Int64

    /// Identities with new tracked events, each with the earliest day of these.
    ///
    /// - Parameter until: the last event that is looked at.
    func changed(account: Int64, after event: Int64, until: Int64) throws -> [Int64: Int32] {
        var changed: [Int64: Int32] = [:]
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(
                sql: """
                    SELECT identity, min(timestamp) FROM events
                    WHERE account = ? AND id > ? AND id <= ? AND \(ScannerStore.isUse) GROUP BY identity
                    """
            ),
            arguments: [account, event, until]
        )
        while let row = try rows.next() {
            changed[row[0]] = Int32(clamping: UsageDay(Instant(milliseconds: row[1])).number)
        }
        return changed
    }

    /// Everybody who has counts, for a set that was never looked at.
    func everybody() throws -> [Int64: Int32] {
        // One seek for each identity: its other rows are jumped over.
        let identities = try Int64.fetchAll(
            self.db.cachedStatement(
                sql: """
                    WITH RECURSIVE found (identity) AS (
                        SELECT min(identity) FROM usage WHERE usageSet = ?1
                        UNION ALL
                        SELECT (SELECT min(identity) FROM usage WHERE usageSet = ?1 AND usage.identity > found.identity)
                            FROM found WHERE found.identity IS NOT NULL
                    ) SELECT identity FROM found WHERE identity IS NOT NULL
                    """
            ),
            arguments: [self.usageSet]
        )
        return Dictionary(identities.map { ($0, Int32.min) }) { first, _ in first }
    }

    /// One identity's history with its days from `day` on read again.
    func history(of identity: Int64, from day: Int32) throws -> UseHistory {
        var history = UseHistory()
        if day > Int32.min, let known = try self.known(identity) {
            history = known
            history.forget(from: day)
        }
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(
                sql: """
                    SELECT day, feature FROM usage WHERE usageSet = ? AND identity = ? AND day >= ?
                    ORDER BY day, feature
                    """
            ),
            arguments: [
                self.usageSet, identity, history.days.isEmpty ? Int64.min : Int64(day),
            ]
        )
        var uses: [(day: Int32, feature: Int64)] = []
        while let row = try rows.next() { uses.append((Int32(clamping: row[0] as Int64), row[1])) }
        history.append(uses)
        return history
    }

    private func known(_ identity: Int64) throws -> UseHistory? {
        let statement = try self.db.cachedStatement(
            sql: "SELECT history FROM useHistory WHERE usageSet = ? AND identity = ?"
        )
        let bytes = try Data.fetchOne(statement, arguments: [self.usageSet, identity])
        return bytes.flatMap { UseHistory(bytes: [UInt8]($0)) }
    }

    /// Needs a write access. An identity that is no more leaves nothing behind.
    func write(_ history: UseHistory, of identity: Int64) throws {
        try self.db.cachedStatement(
            sql: """
                INSERT INTO useHistory (usageSet, identity, history)
                SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM identities WHERE id = ?2)
                ON CONFLICT (usageSet, identity) DO UPDATE SET history = excluded.history
                """
        ).execute(arguments: [self.usageSet, identity, Data(history.bytes)])
    }
}
