/// Who gets negative results with a feature more often than everyone else who uses it.
///
/// Each one's negative results of the last 84 days are taken as beta-binomial around the others' share: persons differ
/// somewhat anyway, and only who is outside of that is labelled.
enum StruggleTest {
    /// Fewer could hardly convince, and would only weigh on the others' correction.
    private static let minimumUses: Int64 = 10
    private static let minimumNegatives: Int64 = 3
    /// Others' uses without which there is no "everyone else".
    static let minimumOtherUses = 50

    static func run(_ use: UseByFeature, asOf: Int32, into family: inout TestFamily) {
        for feature in use.features {
            let users = use.users(of: feature)
            let uses = users.reduce(0) { $0 &+ Int(clamping: $1.use.longUses) }
            let negatives = users.reduce(0) { $0 &+ Int(clamping: $1.use.longNegatives) }
            guard negatives > 0, users.count >= 2 else { continue }
            let correlation = BetaBinomial.cautiousCorrelation(
                users.map {
                    .init(
                        hits: Int(clamping: $0.use.longNegatives),
                        trials: Int(clamping: $0.use.longUses),
                        share: Double(negatives) / Double(uses)
                    )
                }
            )
            for user in users where user.use.longUses >= self.minimumUses {
                let (own, ownNegatives) = (Int(clamping: user.use.longUses), Int(clamping: user.use.longNegatives))
                let (others, otherNegatives) = (uses - own, negatives - ownNegatives)
                guard others >= self.minimumOtherUses else { continue }
                // Half a use added: where others never fail the first failure is not impossible.
                let share = (Double(otherNegatives) + 0.5) / (Double(others) + 1)
                let tail = Distributions.betaBinomialUpperTail(
                    ownNegatives,
                    of: own,
                    share: share,
                    correlation: correlation
                )
                let ratio = Ratio.ofShares(ownNegatives, of: own, against: otherNegatives, of: others)
                let isLarge = user.use.longNegatives >= self.minimumNegatives && ratio.low > 1
                family.add(
                    tail,
                    isLarge ? self.finding(user, users.count - 1, otherNegatives, others, ratio, asOf) : nil
                )
            }
        }
    }

    private static func finding(
        _ user: UseByFeature.User,
        _ others: Int,
        _ otherNegatives: Int,
        _ otherUses: Int,
        _ ratio: Ratio,
        _ asOf: Int32
    ) -> Finding {
        Finding(
            pattern: .struggling,
            subject: user.subject,
            features: [user.use.feature],
            since: PatternWindows.start(PatternWindows.longDays, asOf: asOf),
            counts: [
                .init(name: "negative", value: Double(user.use.longNegatives)),
                .init(name: "uses", value: Double(user.use.longUses)), .init(name: "days", value: 84),
            ],
            comparison: .init(
                group: "share of negative uses of everyone else who uses the feature",
                size: others,
                value: Double(otherNegatives) / Double(otherUses)
            ),
            effect: .init(measure: "share of negative uses, as a multiple of everyone else's", ratio: ratio)
        )
    }
}
