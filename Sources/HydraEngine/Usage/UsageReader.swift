import GRDB

/// Reads counts of use out of one usage set.
///
/// Lives within one access to the database.
struct UsageReader {
    let db: Database
    let usageSet: Int64

    /// One feature in a window.
    struct Feature {
        let name: String
        var counts: UseCounts
        let lastDay: UsageDay
    }

    /// Features used in the window, in no order.
    func features(of subject: UsageSubject, in window: UsageWindow) throws -> [Feature] {
        let (first, last) = window.bounds
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(
                sql: """
                    SELECT features.name, used.* FROM (
                        SELECT usage.feature AS feature, sum(negative), sum(neutral), sum(positive), max(day)
                        FROM \(subject.identities) AS member CROSS JOIN usage
                            ON usage.usageSet = ?2 AND usage.identity = member.identity
                                AND day BETWEEN max(member.firstDay, ?3) AND min(member.lastDay, ?4)
                        GROUP BY usage.feature) AS used
                    JOIN features ON features.id = used.feature
                    """
            ),
            arguments: [subject.row, self.usageSet, first, last]
        )
        var features: [Feature] = []
        while let row = try rows.next() {
            features.append(
                Feature(
                    name: SQLText.read(row, 0) ?? "",
                    counts: UseCounts(negative: row[2], neutral: row[3], positive: row[4]),
                    lastDay: UsageDay(number: row[5])
                )
            )
        }
        return features
    }

    /// The counts of each day of the window that had any, by day.
    func days(of subject: UsageSubject, in window: UsageWindow) throws -> [(day: UsageDay, counts: UseCounts)] {
        let (first, last) = window.bounds
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(
                sql: """
                    SELECT day, sum(negative), sum(neutral), sum(positive)
                    FROM \(subject.identities) AS member CROSS JOIN usage
                        ON usage.usageSet = ?2 AND usage.identity = member.identity
                            AND day BETWEEN max(member.firstDay, ?3) AND min(member.lastDay, ?4)
                    GROUP BY day ORDER BY day
                    """
            ),
            arguments: [subject.row, self.usageSet, first, last]
        )
        var days: [(UsageDay, UseCounts)] = []
        while let row = try rows.next() {
            days.append(
                (UsageDay(number: row[0]), UseCounts(negative: row[1], neutral: row[2], positive: row[3]))
            )
        }
        return days
    }
}
