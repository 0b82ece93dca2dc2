/// Who uses more, or less, than in the period before: the last 28 days against the 28 before.
///
/// Given their sum, the later count is binomial with one half. Use comes in bursts, so both are first divided by how
/// much more than a Poisson count it varies from week to week within the periods: everyone's, or the own if that is more.
enum ChangeTest {
    /// Uses in both periods together, without which nothing can be told.
    static let minimumUses = 20.0

    static func run(
        _ persons: [PersonUse],
        as subject: (Int64) -> PatternSubject,
        asOf: Int32,
        into family: inout TestFamily
    ) {
        let start = PatternWindows.start(PatternWindows.recentDays * 2, asOf: asOf)
        let changes = persons.compactMap { person -> Change? in
            // Who came in between rose from nothing: that is no news.
            guard let first = person.activeDays.first, first <= start else { return nil }
            return Change(person)
        }
        guard !changes.isEmpty else { return }
        let common = changes.reduce(0) { $0 + $1.dispersion } / Double(changes.count)
        for change in changes {
            let scale = max(1, common, change.dispersion)
            let (now, total) = (change.now / scale, (change.now + change.before) / scale)
            let upper = Distributions.binomialUpperTail(now, of: total, share: 0.5)
            let lower = Distributions.binomialLowerTail(now, of: total, share: 0.5)
            family.add(
                min(1, 2 * min(upper, lower)),
                self.finding(change, subject(change.person), scale, isRising: upper < lower, asOf)
            )
        }
    }

    private struct Change {
        let person: Int64
        let now: Double
        let before: Double
        /// The weekly counts' variance as a multiple of a Poisson count's.
        let dispersion: Double

        init?(_ person: PersonUse) {
            guard person.weeks.count == PatternWindows.weeks else { return nil }
            let weeks = person.weeks.map(Double.init)
            let halves = [weeks.prefix(4), weeks.suffix(4)]
            let sums = halves.map { $0.reduce(0, +) }
            guard sums[0] + sums[1] >= ChangeTest.minimumUses else { return nil }
            var squares = 0.0
            var freedom = 0.0
            for (half, sum) in zip(halves, sums) where sum > 0 {
                let mean = sum / 4
                squares += half.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / mean }
                freedom += 3
            }
            self.person = person.person
            self.before = sums[0]
            self.now = sums[1]
            self.dispersion = freedom > 0 ? squares / freedom : 1
        }
    }

    private static func finding(
        _ change: Change,
        _ subject: PatternSubject,
        _ scale: Double,
        isRising: Bool,
        _ asOf: Int32
    ) -> Finding {
        let bounds = Distributions.shareInterval(change.now / scale, of: (change.now + change.before) / scale)
        func ratio(_ share: Double) -> Double { share >= 1 ? .infinity : share / (1 - share) }
        return Finding(
            pattern: isRising ? .rising : .falling,
            subject: subject,
            features: [],
            since: PatternWindows.start(PatternWindows.recentDays, asOf: asOf),
            counts: [
                .init(name: "uses", value: change.now), .init(name: "usesBefore", value: change.before),
                .init(name: "days", value: 28),
            ],
            comparison: .init(group: "own use in the 28 days before", size: 1, value: change.before),
            effect: .init(
                measure: "uses, as a multiple of the 28 days before",
                ratio: Ratio(
                    value: change.before > 0 ? change.now / change.before : .infinity,
                    low: ratio(bounds.low),
                    high: ratio(bounds.high)
                )
            )
        )
    }
}
