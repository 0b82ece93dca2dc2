import GRDB
import Hydra

/// What a tracked event adds to the use of a feature.
extension CallApplier {
    /// Counts an event in the open usage set of its account. Without a usage scanner, and for an event that names no
    /// feature, there is nothing to count.
    mutating func countUse(_ call: IncomingCall, identity: Identity) throws {
        guard let use = call.use, let feature = use.feature, !feature.isEmpty else { return }
        guard let usageSet = try self.openUsageSet(of: call.account) else { return }
        let number = try self.cache.features.number(of: feature, account: call.account.id, in: self.db)
        self.pending.uses.add(
            use.flag,
            to: UseKey(
                usageSet: usageSet,
                identity: identity.id,
                day: UsageDay(call.timestamp).number,
                feature: number
            )
        )
    }

    /// Looked up once for each account and transaction: a scanner that is created in between counts from the next one
    /// on, and its taking in of the past ends where that begins.
    private mutating func openUsageSet(of account: Account) throws -> Int64? {
        if let known = self.pending.usageSets[account.id] { return known }
        let statement = try self.db.cachedStatement(
            sql: "SELECT id FROM usageSets WHERE account = ? AND isOpen = 1 AND isRetired = 0"
        )
        let found = try Int64.fetchOne(statement, arguments: [account.id])
        self.pending.usageSets[account.id] = .some(found)
        return found
    }

    /// Takes the use of identities out of all counts, and the names of features that nobody else used.
    mutating func eraseUse(of identities: [Int64], account: Account) throws {
        self.pending.uses.forget(identities: Set(identities))
        // What others did in this transaction counts before it is judged whose names are left.
        try self.pending.uses.write(in: self.db)
        let sets = try Int64.fetchAll(
            self.db.cachedStatement(sql: "SELECT id FROM usageSets WHERE account = ?"),
            arguments: [account.id]
        )
        var rows: [Int64: Int64] = [:]
        for usageSet in sets {
            for identity in identities {
                let counted = try Row.fetchAll(
                    self.db.cachedStatement(
                        sql: "SELECT feature, count(*) FROM usage WHERE usageSet = ? AND identity = ? GROUP BY feature"
                    ),
                    arguments: [usageSet, identity]
                )
                for row in counted { rows[row[0], default: 0] += row[1] }
                try self.execute("DELETE FROM usage WHERE usageSet = ? AND identity = ?", [usageSet, identity])
                try self.execute("DELETE FROM useHistory WHERE usageSet = ? AND identity = ?", [usageSet, identity])
            }
        }
        for (feature, removed) in rows {
            try self.execute("UPDATE features SET rows = rows - ? WHERE id = ?", [removed, feature])
            try self.execute("DELETE FROM features WHERE id = ? AND rows <= 0", [feature])
        }
        self.cache.features.removeAll()
    }
}
