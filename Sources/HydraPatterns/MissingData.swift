/// Why a kind of label cannot be given to anybody yet.
///
/// A value; any thread.
package struct MissingData: Equatable, Sendable {
    package let kind: PatternKind
    /// How much there is, and how much it takes.
    package let have: Int
    package let need: Int
    /// In words: what is counted.
    package let what: String

    /// What no pass over this use can tell.
    static func of(_ persons: [PersonUse], byPerson: UseByFeature, asOf: Int32) -> [MissingData] {
        var missing: [MissingData] = []
        func require(_ kind: PatternKind, _ have: Int, _ need: Int, _ what: String) {
            if have < need { missing.append(MissingData(kind: kind, have: have, need: need, what: what)) }
        }
        var users: [Int64: Int] = [:]
        for person in persons {
            let used = person.recent.filter { $0.recentUses > 0 }
            // Power use is seen against the other things a person does.
            if used.count >= 2 { for use in used { users[use.feature, default: 0] += 1 } }
        }
        require(
            .powerUser,
            users.values.max() ?? 0,
            PowerUserTest.minimumUsers,
            "persons who used one and the same feature, and others, in the last 28 days"
        )
        let uses = byPerson.features.map { feature in
            byPerson.users(of: feature).reduce(0) { $0 &+ Int(clamping: $1.use.longUses) }
        }
        require(
            .struggling,
            uses.max() ?? 0,
            StruggleTest.minimumOtherUses,
            "uses of one and the same feature in the last 84 days"
        )
        require(
            .goneQuiet,
            persons.lazy.map(\.activeDays.count).max() ?? 0,
            SilenceTest.minimumActiveDays,
            "days on which one and the same person was active"
        )
        let first = persons.lazy.compactMap(\.activeDays.first).min()
        let history = first.map { max(0, Int(asOf) - Int($0) + 1) } ?? 0
        require(.rising, history, Int(PatternWindows.recentDays) * 2, "days since the first use")
        require(.falling, history, Int(PatternWindows.recentDays) * 2, "days since the first use")
        require(
            .adoptsAfter,
            self.commonPair(persons),
            AdoptionTest.minimumPersons,
            "persons who started with the same two features"
        )
        var members: [Int64: Int] = [:]
        for person in persons where person.recent.contains(where: { $0.recentUses > 0 }) {
            if let company = person.company { members[company, default: 0] += 1 }
        }
        let large = members.values.count { $0 >= SpreadTest.minimumPersons }
        require(.spread, large, 2, "companies with three persons who were active in the last 28 days")
        require(.concentrated, large, 2, "companies with three persons who were active in the last 28 days")
        return missing
    }

    /// An upper bound of how many persons started with the same two features: users of the second most used.
    private static func commonPair(_ persons: [PersonUse]) -> Int {
        var users: [Int64: Int] = [:]
        for person in persons { for use in person.firstUses { users[use.feature, default: 0] += 1 } }
        return users.values.sorted(by: >).dropFirst().first ?? 0
    }
}
