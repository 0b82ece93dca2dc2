import EventTime
import Foundation
import GRDB
import Hydra

/// Puts right what wrong clocks did to records before times were bounded: a value said to be of 2099 would beat every
/// newer one for decades.
///
/// What was in the future becomes as old as this moment, so the next call wins; calls count as of their receipt, where
/// their own time is in the future or a zero. Runs once, inside the migration.
struct ClockRepair {
    let db: Database
    let now: Instant

    func run() throws {
        let limit = self.now.milliseconds &+ EventTime.allowance
        for table in ["traits", "companyTraits"] {
            try self.db.execute(
                sql: "UPDATE \(table) SET time = ?1 WHERE time > ?2",
                arguments: [self.now.milliseconds, limit]
            )
        }
        try self.db.execute(
            sql: "UPDATE memberships SET lastAt = ?1, firstAt = min(firstAt, ?1) WHERE lastAt > ?2",
            arguments: [self.now.milliseconds, limit]
        )
        try self.repairEvents(limit)
    }

    private func repairEvents(_ limit: Int64) throws {
        // Found in the index alone: it is a fraction of the table.
        let wrong = try Row.fetchAll(
            self.db,
            sql: """
                SELECT id, person FROM events INDEXED BY eventsByPerson WHERE timestamp > ? OR timestamp < ?
                """,
            arguments: [limit, EventTime.earliest]
        )
        var moved: [Int64: Set<Int64>] = [:]
        for row in wrong {
            guard let (account, identity) = try self.repairEvent(row[0]) else { continue }
            moved[account, default: []].insert(identity)
        }
        for (account, identities) in moved {
            try CountedUse.renewHistories(of: identities, account: account, in: self.db)
        }
        for person in Set(wrong.map { $0[1] as Int64 }) {
            try self.db.execute(sql: CallApplier.recountTimes, arguments: [person])
        }
    }

    /// - Returns: the account and the identity whose use was moved to another day.
    private func repairEvent(_ id: Int64) throws -> (account: Int64, identity: Int64)? {
        let row = try Row.fetchOne(
            self.db,
            sql: "SELECT account, identity, timestamp, receivedAt, feature, eventFlag FROM events WHERE id = ?",
            arguments: [id]
        )
        guard let row else { return nil }
        // Receipts were not bounded either.
        let received = min(Instant(milliseconds: row[3]), self.now)
        try self.db.execute(
            sql: "UPDATE events SET timestamp = ?1, receivedAt = ?1 WHERE id = ?2",
            arguments: [received.milliseconds, id]
        )
        guard let feature = SQLText.read(row, 4), !feature.isEmpty else { return nil }
        try CountedUse(db: self.db, account: row[0], feature: feature, flag: EventFlag(stored: row[5] ?? 0)).move(
            from: (row[1], UsageDay(Instant(milliseconds: row[2]))),
            to: (row[1], UsageDay(received))
        )
        return (row[0], row[1])
    }
}
