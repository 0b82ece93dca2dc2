/// Who uses a feature far more than its other users, and than everything else that the same person does lets expect.
///
/// Of what a person did in the last 28 days, the feature's share is taken as beta-binomial around the share that its
/// popularity gives it (``FeatureMix``). So somebody who does a lot of everything is no power user of each feature, and
/// how differently busy persons are does not matter.
enum PowerUserTest {
    /// Below these a label says nothing.
    static let minimumUsers = 30
    private static let minimumUses = 10
    private static let minimumRatio = 2.0

    static func run(_ persons: [PersonUse], _ use: UseByFeature, asOf: Int32, into family: inout TestFamily) {
        let mix = FeatureMix(persons, features: use.features, asOf: asOf)
        var users = [[User]](repeating: [], count: use.features.count)
        for person in mix.mixes {
            for (cell, share) in zip(person.cells, mix.shares(of: person)) {
                users[cell.feature].append(
                    User(person: person.person, uses: cell.uses, all: person.uses, share: share)
                )
            }
        }
        for (feature, users) in zip(use.features, users) {
            guard users.count >= self.minimumUsers else { continue }
            let correlation = BetaBinomial.cautiousCorrelation(
                users.map { .init(hits: $0.uses, trials: $0.all, share: $0.share) }
            )
            let total = users.reduce(0.0) { $0 + Double($1.uses) }
            for user in users where user.share > 0 && user.share < 1 {
                let usual = (total - Double(user.uses)) / Double(users.count - 1)
                let isLarge =
                    user.uses >= self.minimumUses && Double(user.uses) >= self.minimumRatio * usual
                    && user.ratio.value >= self.minimumRatio
                family.add(
                    Distributions.betaBinomialUpperTail(
                        user.uses,
                        of: user.all,
                        share: user.share,
                        correlation: correlation
                    ),
                    isLarge ? self.finding(user, feature, usual: usual, others: users.count - 1, asOf) : nil
                )
            }
        }
    }

    private struct User {
        let person: Int64
        let uses: Int
        /// Of all features.
        let all: Int
        /// Of them that would be the feature's.
        let share: Double

        /// Uses as a multiple of those to expect from the person's other use.
        var ratio: Ratio {
            let usual = self.share / (1 - self.share)
            func multiple(_ share: Double) -> Double { share < 1 ? share / (1 - share) / usual : .infinity }
            let bounds = Distributions.shareInterval(Double(self.uses), of: Double(self.all))
            return Ratio(
                value: multiple(Double(self.uses) / Double(self.all)),
                low: multiple(bounds.low),
                high: multiple(bounds.high)
            )
        }
    }

    private static func finding(
        _ user: User,
        _ feature: Int64,
        usual: Double,
        others: Int,
        _ asOf: Int32
    ) -> Finding {
        Finding(
            pattern: .powerUser,
            subject: .person(user.person),
            features: [feature],
            since: PatternWindows.start(PatternWindows.recentDays, asOf: asOf),
            counts: [
                .init(name: "uses", value: Double(user.uses)),
                .init(name: "usesOfAllFeatures", value: Double(user.all)),
                .init(name: "usesToExpect", value: Double(user.all) * user.share),
                .init(name: "days", value: 28),
            ],
            comparison: .init(group: "average uses of the other users of the feature", size: others, value: usual),
            effect: .init(measure: "uses, as a multiple of what the own other use lets expect", ratio: user.ratio)
        )
    }
}
