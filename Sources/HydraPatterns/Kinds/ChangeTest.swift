/// Who uses more, or less, than in the period before: the last 28 days against the 28 before.
///
/// The weeks' counts are compared by a t test on their square roots, whose variance depends on how bursty the use is and
/// hardly on how much it is. Beyond what the bursts explain (``PersonUse/burstiness(asOf:)``) it is each one's own, drawn
/// towards everyone's (``VariancePrior``): eight weeks alone say little of it.
enum ChangeTest {
    /// Uses in both periods together, without which nothing can be told.
    static let minimumUses: Int64 = 20
    /// Of four weeks before and four now.
    private static let freedom = 6.0

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
            return Change(person, asOf: asOf)
        }
        let prior = VariancePrior(fitting: changes.map(\.variance), freedom: self.freedom)
        for change in changes {
            let test = Test(change, prior: prior)
            family.add(test.probability, self.finding(change, test, subject(change.person), asOf))
        }
    }

    private struct Change {
        let person: Int64
        let now: Int64
        let before: Int64
        /// Of the square roots of the weeks' counts, each half's.
        let rootNow: Double
        let rootBefore: Double
        /// The variance of such roots by the bursts alone: a quarter for a Poisson count.
        let burstVariance: Double
        /// The roots' variance within the halves, as a multiple of that.
        let variance: Double

        var uses: Int64 { self.now &+ self.before }

        init?(_ person: PersonUse, asOf: Int32) {
            guard person.weeks.count == PatternWindows.weeks else { return nil }
            let (before, now) = (person.weeks.prefix(4), person.weeks.suffix(4))
            self.person = person.person
            self.before = before.reduce(0, &+)
            self.now = now.reduce(0, &+)
            // Anscombe's three eighths, Biometrika 35, 1948.
            let roots = [before, now].map { half in half.map { (Double(max(0, $0)) + 0.375).squareRoot() } }
            let means = roots.map { $0.reduce(0, +) / 4 }
            self.rootBefore = means[0]
            self.rootNow = means[1]
            self.burstVariance = person.burstiness(asOf: asOf) / 4
            self.variance =
                zip(roots, means).reduce(0) { sum, half in
                    sum + half.0.reduce(0) { $0 + ($1 - half.1) * ($1 - half.1) }
                } / ChangeTest.freedom / self.burstVariance
            guard self.uses >= ChangeTest.minimumUses else { return nil }
        }
    }

    private struct Test {
        let probability: Double
        let ratio: Ratio

        init(_ change: Change, prior: VariancePrior) {
            let (variance, freedom) = prior.moderated(change.variance, freedom: ChangeTest.freedom)
            // The mean of four against the mean of four.
            let error = (variance * change.burstVariance / 2).squareRoot()
            let difference = change.rootNow - change.rootBefore
            guard error > 0 else {
                self.probability = 1
                self.ratio = Ratio(value: 1, low: 0, high: .infinity)
                return
            }
            self.probability = Distributions.studentTwoSided(difference / error, freedom: freedom)
            let margin = Distributions.studentQuantile(freedom: freedom) * error
            func ratio(_ difference: Double) -> Double {
                let root = max(0, change.rootBefore + difference) / change.rootBefore
                return root * root
            }
            let value = change.before > 0 ? Double(change.now) / Double(change.before) : .infinity
            self.ratio = Ratio(
                value: value,
                low: min(value, ratio(difference - margin)),
                high: max(value, ratio(difference + margin))
            )
        }
    }

    private static func finding(
        _ change: Change,
        _ test: Test,
        _ subject: PatternSubject,
        _ asOf: Int32
    ) -> Finding {
        Finding(
            pattern: change.rootNow > change.rootBefore ? .rising : .falling,
            subject: subject,
            features: [],
            since: PatternWindows.start(PatternWindows.recentDays, asOf: asOf),
            counts: [
                .init(name: "uses", value: Double(change.now)), .init(name: "usesBefore", value: Double(change.before)),
                .init(name: "days", value: 28),
            ],
            comparison: .init(group: "own use in the 28 days before", size: 1, value: Double(change.before)),
            effect: .init(measure: "uses, as a multiple of the 28 days before", ratio: test.ratio)
        )
    }
}
