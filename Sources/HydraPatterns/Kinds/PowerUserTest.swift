/// Who uses a feature far more than its other users.
///
/// The users' counts of the last 28 days are taken as negative binomial: Poisson, with means that differ between
/// persons. A power user is in the upper tail of what fits the others.
enum PowerUserTest {
    /// Below these a tail cannot be told, or is not worth a label.
    static let minimumUsers = 30
    private static let minimumUses: Int64 = 10
    private static let minimumRatio = 3.0

    static func run(_ use: UseByFeature, asOf: Int32, into family: inout TestFamily) {
        for feature in use.features {
            let users = use.users(of: feature).filter { $0.use.recentUses > 0 }
            guard users.count >= self.minimumUsers else { continue }
            let counts = users.map { Int(clamping: $0.use.recentUses) }
            guard let fit = NegativeBinomial.cautiousFit(counts) else { continue }
            let total = counts.reduce(0.0) { $0 + Double($1) }
            var tails: [Int: Double] = [:]
            for user in users {
                let count = Int(clamping: user.use.recentUses)
                let tail = tails[count] ?? fit.upperTail(Double(count))
                tails[count] = tail
                let usual = (total - Double(count)) / Double(users.count - 1)
                let isLarge = user.use.recentUses >= self.minimumUses && Double(count) >= self.minimumRatio * usual
                family.add(
                    tail,
                    isLarge ? self.finding(user, uses: count, usual: usual, others: users.count - 1, asOf) : nil
                )
            }
        }
    }

    private static func finding(
        _ user: UseByFeature.User,
        uses: Int,
        usual: Double,
        others: Int,
        _ asOf: Int32
    ) -> Finding {
        let bounds = Distributions.countInterval(Double(uses))
        return Finding(
            pattern: .powerUser,
            subject: user.subject,
            features: [user.use.feature],
            since: PatternWindows.start(PatternWindows.recentDays, asOf: asOf),
            counts: [.init(name: "uses", value: Double(uses)), .init(name: "days", value: 28)],
            comparison: .init(group: "other users of the feature", size: others, value: usual),
            effect: .init(
                measure: "uses, as a multiple of the average of the other users",
                ratio: Ratio(value: Double(uses) / usual, low: bounds.low / usual, high: bounds.high / usual)
            )
        )
    }
}
