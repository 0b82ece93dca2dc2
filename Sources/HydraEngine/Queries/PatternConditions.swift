import GRDB
import HydraPatterns

/// The conditions of a list on trends and labels, in SQL. All that are given must hold.
struct PatternConditions {
    private(set) var sql = ""
    private(set) var arguments: [(any DatabaseValueConvertible)?] = []

    /// - Parameter row: the column of the record's row.
    init(kind: PatternSubjectKind, row: String, trend: UsageTrend.Direction?, label: PatternKind?) {
        if let trend {
            let found = "SELECT direction FROM useTrends WHERE subjectKind = \(kind.rawValue) AND subject = \(row)"
            // Who has no use in both periods has no row, and no trend.
            self.sql += " AND coalesce((\(found)), '\(UsageTrend.Direction.none.rawValue)') = ?"
            self.arguments.append(trend.rawValue)
        }
        if let label {
            self.sql += """
                 AND EXISTS (SELECT 1 FROM patterns WHERE subjectKind = \(kind.rawValue) AND subject = \(row) AND kind = ?)
                """
            self.arguments.append(label.rawValue)
        }
    }
}
