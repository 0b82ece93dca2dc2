/// The use of companies: that of their persons, put together.
enum CompanyUse {
    /// One entry for each company, under its number. The weeks are those of the persons who were there before them: a
    /// company does not rise because somebody joined it.
    static func sum(_ persons: [PersonUse], asOf: Int32) -> [PersonUse] {
        let start = PatternWindows.start(PatternWindows.recentDays * 2, asOf: asOf)
        var members: [Int64: [PersonUse]] = [:]
        for person in persons {
            if let company = person.company { members[company, default: []].append(person) }
        }
        return members.sorted { $0.key < $1.key }.map { company, persons in
            var days: Set<Int32> = []
            var recent: [Int64: PersonUse.RecentUse] = [:]
            var weeks = [Int64](repeating: 0, count: PatternWindows.weeks)
            var burstiness = 0.0
            for person in persons {
                days.formUnion(person.activeDays)
                for use in person.recent {
                    var sum = recent[use.feature] ?? PersonUse.RecentUse(feature: use.feature)
                    sum.recentUses &+= use.recentUses
                    sum.longUses &+= use.longUses
                    sum.longNegatives &+= use.longNegatives
                    recent[use.feature] = sum
                }
                guard let first = person.activeDays.first, first <= start else { continue }
                for (week, uses) in person.weeks.enumerated() where week < weeks.count { weeks[week] &+= uses }
                burstiness += person.burstiness(asOf: asOf) * Double(person.weeks.reduce(0, &+))
            }
            var use = PersonUse(
                person: company,
                company: company,
                activeDays: days.sorted(),
                firstUses: [],
                recent: recent.values.sorted { $0.feature < $1.feature },
                weeks: weeks
            )
            // Persons' variances add up.
            use.groupBurstiness = burstiness / max(1, Double(weeks.reduce(0, &+)))
            return use
        }
    }
}
