import Foundation
import GRDB
import HydraPatterns

/// Reads what the miner needs to know of everyone of an account: histories, and the counts of the last weeks.
///
/// Lives within one read access to the database.
struct PopulationReader {
    let db: Database
    let source: UsageSource
    let account: Int64

    /// Everyone with any use, and the trends; `asOf` is nil where nothing is known of a whole day.
    struct Population: Sendable {
        var asOf: Int32?
        var persons: [PersonUse] = []
        var trends = UseTrends(asOf: 0)
    }

    private struct Member {
        let identity: Int64
        let person: Int64
        let company: Int64?
        let history: UseHistory
    }

    /// - Parameter yesterday: the last whole day; where no use came for longer, the last day with any counts as that.
    func read(yesterday: Int32) throws -> Population {
        let members = try self.members()
        let ignored = try self.ignoredFeatures()
        var population = Population()
        let last = members.lazy.compactMap { member in member.history.days.last { $0 <= yesterday } }.max()
        guard let asOf = last else { return population }
        population.asOf = asOf
        population.trends = UseTrends(asOf: asOf)
        population.persons.reserveCapacity(members.count)
        var index = 0
        while index < members.count {
            let person = members[index].person
            var end = index
            while end < members.count, members[end].person == person { end += 1 }
            let use = try self.use(of: members[index..<end], asOf: asOf, ignored: ignored, trends: &population.trends)
            if let use { population.persons.append(use) }
            index = end
        }
        population.trends.finish()
        return population
    }

    /// Identities with a history, those of a person together.
    private func members() throws -> [Member] {
        var members: [Member] = []
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(
                sql: """
                    SELECT useHistory.identity, persons.id, persons.company, useHistory.history FROM useHistory
                    JOIN identities ON identities.id = useHistory.identity
                    JOIN persons ON persons.id = identities.person
                    WHERE useHistory.usageSet = ? ORDER BY persons.id, useHistory.identity
                    """
            ),
            arguments: [self.source.usageSet]
        )
        while let row = try rows.next() {
            guard let history = UseHistory(bytes: [UInt8](row[3] as Data)) else { continue }
            members.append(Member(identity: row[0], person: row[1], company: row[2], history: history))
        }
        return members
    }

    private func ignoredFeatures() throws -> Set<Int64> {
        guard self.source.ignoresAny else { return [] }
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(sql: "SELECT id, name FROM features WHERE account = ?"),
            arguments: [self.account]
        )
        var ignored: Set<Int64> = []
        while let row = try rows.next() {
            if self.source.ignores(SQLText.read(row, 1) ?? "") { ignored.insert(row[0]) }
        }
        return ignored
    }

    /// One person's use out of that of its identities; nil if all of it is ignored.
    private func use(
        of members: ArraySlice<Member>,
        asOf: Int32,
        ignored: Set<Int64>,
        trends: inout UseTrends
    ) throws -> PersonUse? {
        guard let first = members.first else { return nil }
        var firstUses: [Int64: Int32] = [:]
        var days: Set<Int32> = []
        for member in members {
            days.formUnion(member.history.days)
            for use in member.history.firstUses where !ignored.contains(use.feature) {
                firstUses[use.feature] = min(firstUses[use.feature] ?? use.day, use.day)
            }
        }
        var recent: [Int64: PersonUse.RecentUse] = [:]
        var weeks = [Int64](repeating: 0, count: PatternWindows.weeks)
        let statement = try self.db.cachedStatement(
            sql: """
                SELECT day, feature, negative, negative + neutral + positive FROM usage
                WHERE usageSet = ? AND identity = ? AND day BETWEEN ? AND ?
                """
        )
        let start = PatternWindows.start(PatternWindows.longDays, asOf: asOf)
        for member in members {
            let rows = try Row.fetchCursor(
                statement,
                arguments: [self.source.usageSet, member.identity, Int64(start), Int64(asOf)]
            )
            while let row = try rows.next() {
                let (day, feature, uses): (Int64, Int64, Int64) = (row[0], row[1], row[3])
                guard !ignored.contains(feature) else { continue }
                let age = Int64(asOf) &- day
                var use = recent[feature] ?? PersonUse.RecentUse(feature: feature)
                if age < Int64(PatternWindows.recentDays) { use.recentUses &+= uses }
                use.longUses &+= uses
                use.longNegatives &+= row[2] as Int64
                recent[feature] = use
                let week = Int(age / 7)
                if week < weeks.count { weeks[weeks.count - 1 - week] &+= uses }
                trends.add(uses, on: day, person: first.person, company: first.company)
            }
        }
        guard !firstUses.isEmpty else { return nil }
        return PersonUse(
            person: first.person,
            company: first.company,
            activeDays: days.sorted(),
            firstUses: firstUses.map { .init(feature: $0.key, day: $0.value) }
                .sorted { ($0.day, $0.feature) < ($1.day, $1.feature) },
            recent: recent.values.sorted { $0.feature < $1.feature },
            weeks: weeks
        )
    }
}
