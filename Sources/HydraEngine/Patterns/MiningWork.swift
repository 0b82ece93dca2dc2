import Foundation
import GRDB
import HydraPatterns

/// One pass of the patterns over an account: histories up to date, tests, labels written where they changed.
///
/// Reads in snapshots, thinks without any access to the database, writes in small transactions. It may end at any
/// moment and begins anew the next time. The mining thread's.
struct MiningWork: Sendable {
    /// Identities or labels of one write.
    private static let batch = 500
    /// Events whose identities are gathered at once.
    private static let tail: Int64 = 200_000

    let store: Store
    let clock: @Sendable () -> Instant
    let isCancelled: @Sendable () -> Bool

    /// Accounts for which a pass would tell something new.
    func due() throws -> [Account] {
        try self.store.pool.read { db in
            try Account.all(in: db).filter { try self.isDue($0, in: db) }
        }
    }

    private func isDue(_ account: Account, in db: Database) throws -> Bool {
        let pass = try PatternPass.last(of: account.id, in: db)
        guard let source = try UsageSource.of(account, in: db) else { return pass != nil }
        // Half a past would show patterns that are none; its end comes as a change of the runs.
        guard try !Self.isTakingInPast(source, in: db) else { return false }
        guard let pass else { return true }
        return try pass.event < ScannerStore.lastUse(of: account.id, in: db)
            || pass.staleMarks > 0 || pass.usageSet != source.usageSet || pass.version != source.version
            || pass.day != UsageDay(self.clock())
    }

    private static func isTakingInPast(_ source: UsageSource, in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM scanRuns WHERE usageSet = ? AND finishedAt IS NULL LIMIT 1"
        )
        return try Int.fetchOne(statement, arguments: [source.usageSet]) != nil
    }

    /// - Returns: what was done; nil if there was nothing to do any more, or it was cancelled.
    func pass(over account: Account) throws -> PatternPass? {
        let started = ContinuousClock.now
        let now = self.clock()
        guard let source = try self.store.pool.read({ db in try UsageSource.of(account, in: db) }) else {
            try self.store.pool.write { db in try PatternStore(db: db, account: account.id).removeAll() }
            return nil
        }
        // What is made stale from here on is so after this pass.
        let (known, last) = try self.store.pool.read { db in
            (try PatternPass.last(of: account.id, in: db), try ScannerStore.lastUse(of: account.id, in: db))
        }
        guard try self.updateHistories(of: account, source, after: known, until: last) else { return nil }
        let population = try self.store.pool.read { db in
            try PopulationReader(db: db, source: source, account: account.id)
                .read(yesterday: Int32(clamping: UsageDay(now).adding(-1).number))
        }
        let outcome = PatternMiner.mine(
            population.persons,
            asOf: population.asOf ?? Int32.min / 2,
            isCancelled: self.isCancelled
        )
        guard let outcome else { return nil }
        let day = population.asOf.map { UsageDay(number: Int64($0)) }
        try self.write(outcome.patterns, of: account, foundOn: day ?? UsageDay(now))
        try self.write(population.trends, of: account)
        guard !self.isCancelled() else { return nil }
        let pass = PatternPass(
            usageSet: source.usageSet,
            version: source.version,
            event: last,
            asOf: day,
            minedAt: now,
            milliseconds: (ContinuousClock.now - started).milliseconds,
            persons: Int64(population.persons.count),
            staleMarks: known?.staleMarks ?? 0
        )
        try self.store.pool.write { db in try pass.write(outcome.missing, account: account.id, in: db) }
        return pass
    }

    // MARK: Histories

    /// - Returns: false if cancelled.
    private func updateHistories(
        of account: Account,
        _ source: UsageSource,
        after known: PatternPass?,
        until last: Int64
    ) throws -> Bool {
        guard let known, known.usageSet == source.usageSet else {
            let everybody = try self.store.pool.read { db in
                try UseHistories(db: db, usageSet: source.usageSet).everybody()
            }
            return try self.update(everybody, source)
        }
        var event = known.event
        while event < last {
            let end = min(last, event &+ Self.tail)
            let after = event
            let changed = try self.store.pool.read { db in
                try UseHistories(db: db, usageSet: source.usageSet).changed(
                    account: account.id,
                    after: after,
                    until: end
                )
            }
            guard try self.update(changed, source) else { return false }
            event = end
        }
        return true
    }

    /// - Returns: false if cancelled.
    private func update(_ changed: [Int64: Int32], _ source: UsageSource) throws -> Bool {
        let identities = changed.sorted { $0.key < $1.key }
        for start in stride(from: 0, to: identities.count, by: Self.batch) {
            guard !self.isCancelled() else { return false }
            let batch = identities[start..<min(start + Self.batch, identities.count)]
            let histories = try self.store.pool.read { db in
                let histories = UseHistories(db: db, usageSet: source.usageSet)
                return try batch.map { (identity: $0.key, history: try histories.history(of: $0.key, from: $0.value)) }
            }
            try self.store.pool.write { db in
                let writer = UseHistories(db: db, usageSet: source.usageSet)
                for (identity, history) in histories { try writer.write(history, of: identity) }
            }
        }
        return true
    }

    // MARK: Labels

    private func write(_ patterns: [Pattern], of account: Account, foundOn day: UsageDay) throws {
        let known = try self.store.pool.read { db in try PatternStore(db: db, account: account.id).all() }
        var found: [PatternStore.Key: PatternStore.Content] = [:]
        for pattern in patterns {
            found[PatternStore.Key(pattern, account: account.id)] = PatternStore.Content(
                since: Int64(pattern.since),
                strength: pattern.evidence.effect.ratio.strength,
                evidence: pattern.evidenceJSON
            )
        }
        let changed = found.filter { known[$0.key] != $0.value }
        let gone = known.keys.filter { found[$0] == nil }
        try self.inBatches(Array(changed)) { db, batch in
            let store = PatternStore(db: db, account: account.id)
            for (key, content) in batch { try store.put(key, content, foundOn: day) }
        }
        try self.inBatches(gone) { db, batch in
            let store = PatternStore(db: db, account: account.id)
            for key in batch { try store.remove(key) }
        }
    }

    private func write(_ trends: UseTrends, of account: Account) throws {
        let known = try self.store.pool.read { db in try PatternStore(db: db, account: account.id).trends() }
        try self.inBatches(trends.all.filter { known[$0.key] != $0.value }) { db, batch in
            let store = PatternStore(db: db, account: account.id)
            for (key, trend) in batch { try store.put(trend, of: key) }
        }
        try self.inBatches(known.keys.filter { trends.all[$0] == nil }) { db, batch in
            let store = PatternStore(db: db, account: account.id)
            for key in batch { try store.removeTrend(of: key) }
        }
    }

    private func inBatches<Item: Sendable>(
        _ items: some Collection<Item>,
        _ body: @Sendable (Database, ArraySlice<Item>) throws -> Void
    ) throws {
        let items = Array(items)
        for start in stride(from: 0, to: items.count, by: Self.batch) {
            let batch = items[start..<min(start + Self.batch, items.count)]
            try self.store.pool.write { db in try body(db, batch) }
        }
    }
}

extension Duration {
    /// Whole milliseconds; never traps.
    var milliseconds: Int64 {
        self.components.seconds.multipliedReportingOverflow(by: 1000).partialValue
            &+ self.components.attoseconds / 1_000_000_000_000_000
    }
}
