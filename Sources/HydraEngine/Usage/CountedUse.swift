import GRDB
import Hydra

/// One use that was counted: of a feature, with a flag.
///
/// Lives within one write access to the database.
struct CountedUse {
    let db: Database
    let account: Int64
    let feature: Int64?
    let flag: EventFlag

    /// - Parameter feature: the feature's name; one that was never counted has nothing to move.
    init(db: Database, account: Int64, feature: String, flag: EventFlag) throws {
        self.db = db
        self.account = account
        self.flag = flag
        self.feature = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM features WHERE account = ? AND name = ?"),
            arguments: [account, SQLText.value(FeatureCatalogue.cut(feature))]
        )
    }

    private var column: String {
        switch self.flag {
        case .negative: "negative"
        case .neutral: "neutral"
        case .positive: "positive"
        }
    }

    /// Moves the use to another identity or day, in every count that has it. See ``renewHistories(of:account:in:)``.
    ///
    /// - Parameter place: nil: nobody's any more.
    func move(from old: (identity: Int64, day: UsageDay), to place: (identity: Int64, day: UsageDay)?) throws {
        guard let feature = self.feature else { return }
        let sets = try Int64.fetchAll(
            self.db.cachedStatement(sql: "SELECT id FROM usageSets WHERE account = ? AND isRetired = 0"),
            arguments: [self.account]
        )
        for usageSet in sets {
            let removal: StatementArguments = [usageSet, old.identity, old.day.number, feature]
            try self.execute(
                """
                UPDATE usage SET \(self.column) = \(self.column) - 1
                WHERE usageSet = ? AND identity = ? AND day = ? AND feature = ? AND \(self.column) > 0
                """,
                removal
            )
            guard self.db.changesCount > 0 else { continue }
            try self.execute(
                """
                DELETE FROM usage WHERE usageSet = ? AND identity = ? AND day = ? AND feature = ?
                    AND negative + neutral + positive = 0
                """,
                removal
            )
            if self.db.changesCount > 0 { try self.changeRows(of: feature, by: -1) }
            if let place { try self.add(feature, to: place, in: usageSet) }
        }
    }

    private func add(_ feature: Int64, to place: (identity: Int64, day: UsageDay), in usageSet: Int64) throws {
        let arguments: StatementArguments = [usageSet, place.identity, place.day.number, feature]
        try self.execute(
            """
            UPDATE usage SET \(self.column) = \(self.column) + 1
            WHERE usageSet = ? AND identity = ? AND day = ? AND feature = ?
            """,
            arguments
        )
        guard self.db.changesCount == 0 else { return }
        try self.execute(
            """
            INSERT INTO usage (usageSet, identity, day, feature, negative, neutral, positive)
            VALUES (?1, ?2, ?3, ?4, ?5 = 'negative', ?5 = 'neutral', ?5 = 'positive')
            """,
            arguments + [self.column]
        )
        try self.changeRows(of: feature, by: 1)
    }

    private func changeRows(of feature: Int64, by change: Int64) throws {
        try self.execute("UPDATE features SET rows = rows + ? WHERE id = ?", [change, feature])
    }

    /// Reads the days of identities whose uses were moved anew: to be called once, after the last move.
    static func renewHistories(of identities: Set<Int64>, account: Int64, in db: Database) throws {
        guard !identities.isEmpty else { return }
        let sets = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT usageSet FROM useHistory"),
            arguments: []
        )
        for usageSet in sets {
            let histories = UseHistories(db: db, usageSet: usageSet)
            for identity in identities.sorted() {
                let history = try histories.history(of: identity, from: Int32.min)
                if !history.days.isEmpty { try histories.write(history, of: identity) }
            }
        }
        try PatternStore(db: db, account: account).makeStale()
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try self.db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
