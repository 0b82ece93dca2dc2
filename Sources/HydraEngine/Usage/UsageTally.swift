import GRDB
import Hydra

/// Adds events up before they are written, so that a busy person costs a transaction one write for each feature and day.
///
/// A value; the committer thread's and the background's.
struct UsageTally {
    private var counts: [UseKey: UseCounts] = [:]

    var isEmpty: Bool { self.counts.isEmpty }

    mutating func add(_ flag: EventFlag, to key: UseKey) {
        self.counts[key, default: UseCounts()].add(flag)
    }

    /// The identities are no more.
    mutating func forget(identities: Set<Int64>) {
        self.counts = self.counts.filter { !identities.contains($0.key.identity) }
    }

    /// Writes the counts and empties itself.
    mutating func write(in db: Database) throws {
        guard !self.counts.isEmpty else { return }
        let update = try db.cachedStatement(
            sql: """
                UPDATE usage SET negative = negative + ?1, neutral = neutral + ?2, positive = positive + ?3
                WHERE usageSet = ?4 AND identity = ?5 AND day = ?6 AND feature = ?7
                """
        )
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO usage (negative, neutral, positive, usageSet, identity, day, feature)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """
        )
        var rows: [Int64: Int64] = [:]
        for (key, count) in self.counts {
            let arguments: StatementArguments = [
                count.negative, count.neutral, count.positive, key.usageSet, key.identity, key.day, key.feature,
            ]
            try update.execute(arguments: arguments)
            guard db.changesCount == 0 else { continue }
            try insert.execute(arguments: arguments)
            rows[key.feature, default: 0] += 1
        }
        let references = try db.cachedStatement(sql: "UPDATE features SET rows = rows + ? WHERE id = ?")
        for (feature, added) in rows {
            try references.execute(arguments: [added, feature])
        }
        self.counts.removeAll(keepingCapacity: true)
    }
}
