/// Features that more, or fewer, of a company's persons use than elsewhere.
///
/// Fisher's exact test on the persons who were active in the last 28 days, once for more and once for fewer.
enum SpreadTest {
    static let minimumPersons = 3

    static func run(_ persons: [PersonUse], _ use: UseByFeature, asOf: Int32, into family: inout TestFamily) {
        let active = persons.filter { $0.recent.contains { $0.recentUses > 0 } }
        var members: [Int64: Int] = [:]
        for person in active {
            if let company = person.company { members[company, default: 0] += 1 }
        }
        let companies = members.filter { $0.value >= self.minimumPersons }.keys.sorted()
        guard companies.count >= 2 else { return }
        let companyOf = Dictionary(active.map { ($0.person, $0.company) }) { first, _ in first }
        for feature in use.features {
            var users: [Int64: Int] = [:]
            var all = 0
            for user in use.users(of: feature) where user.use.recentUses > 0 {
                guard case .person(let person) = user.subject else { continue }
                all += 1
                if let company = companyOf[person] ?? nil { users[company, default: 0] += 1 }
            }
            for company in companies {
                self.test(
                    company,
                    feature,
                    users[company] ?? 0,
                    members[company] ?? 0,
                    all,
                    active.count,
                    asOf,
                    &family
                )
            }
        }
    }

    private static func test(
        _ company: Int64,
        _ feature: Int64,
        _ hits: Int,
        _ size: Int,
        _ users: Int,
        _ total: Int,
        _ asOf: Int32,
        _ family: inout TestFamily
    ) {
        let more = Distributions.hypergeometricUpperTail(hits, marked: users, drawn: size, total: total)
        let fewer = Distributions.hypergeometricUpperTail(size - hits, marked: total - users, drawn: size, total: total)
        let isMore = more < fewer
        let ratio = Ratio.ofShares(hits, of: size, against: users - hits, of: total - size)
        family.add(
            min(1, 2 * min(more, fewer)),
            Finding(
                pattern: isMore ? .spread : .concentrated,
                subject: .company(company),
                features: [feature],
                since: PatternWindows.start(PatternWindows.recentDays, asOf: asOf),
                counts: [
                    .init(name: "persons", value: Double(hits)), .init(name: "activePersons", value: Double(size)),
                    .init(name: "days", value: 28),
                ],
                comparison: .init(
                    group: "share of users among the active persons of everyone else",
                    size: total - size,
                    value: total > size ? Double(users - hits) / Double(total - size) : 0
                ),
                effect: .init(measure: "share of users, as a multiple of everyone else's", ratio: ratio)
            )
        )
    }
}
