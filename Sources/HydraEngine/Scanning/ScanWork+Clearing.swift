import GRDB

/// Clears away what nobody is shown any more.
extension ScanWork {
    /// What a deleted scanner had found.
    func clearResults(of run: ScanRun) throws {
        try self.store.pool.write { db in
            try db.cachedStatement(
                sql: """
                    DELETE FROM scanResults WHERE scanner = ?1 AND subject IN
                        (SELECT subject FROM scanResults WHERE scanner = ?1 LIMIT ?2)
                    """
            ).execute(arguments: [run.scanner, Self.clearedRows])
            if db.changesCount < Self.clearedRows {
                try db.cachedStatement(sql: "DELETE FROM scanRuns WHERE id = ?").execute(arguments: [run.id])
            }
        }
    }

    /// Counts that are nobody's any more.
    func clearRetired() throws -> Bool {
        let retired = try self.store.pool.read { db in
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM usageSets WHERE isRetired = 1 LIMIT 1"))
        }
        guard let retired else { return false }
        try self.store.pool.write { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT identity, day, feature FROM usage WHERE usageSet = ? LIMIT ?"
                ),
                arguments: [retired, Self.clearedRows]
            )
            let delete = try db.cachedStatement(
                sql: "DELETE FROM usage WHERE usageSet = ? AND identity = ? AND day = ? AND feature = ?"
            )
            var removed: [Int64: Int64] = [:]
            for row in rows {
                try delete.execute(arguments: [retired, row[0] as Int64, row[1] as Int64, row[2] as Int64])
                removed[row[2], default: 0] += 1
            }
            let references = try db.cachedStatement(sql: "UPDATE features SET rows = rows - ? WHERE id = ?")
            for (feature, count) in removed { try references.execute(arguments: [count, feature]) }
            if rows.count < Self.clearedRows {
                try db.cachedStatement(sql: "DELETE FROM useHistory WHERE usageSet = ?").execute(arguments: [retired])
                try db.cachedStatement(sql: "DELETE FROM usageSets WHERE id = ?").execute(arguments: [retired])
            }
        }
        return true
    }
}
