/// What everyone's use of the last 28 days would be if persons differed only in how much they do, and features only in
/// how much they are used.
///
/// The quasi-independence model of a table with holes (L. A. Goodman, JASA 63, 1968): the expected uses of a feature by
/// a person are the person's rate, times the feature's, times the person's active days since it first used the feature.
/// A feature that a person never used is a hole, not a zero: whether to use something is another question than how
/// often. A value; any thread.
struct FeatureMix: Sendable {
    /// One person with one feature.
    struct Cell: Sendable {
        let feature: Int
        let uses: Int
        /// Active days since the first use.
        let days: Double
    }

    /// One person with two features or more.
    struct Mix: Sendable {
        let person: Int64
        let cells: [Cell]
        let uses: Int
    }

    let mixes: [Mix]
    /// The features' rates, by their place among those that are looked at.
    private let rates: [Double]

    private static let rounds = 60
    private static let precision = 1e-4

    /// - Parameter features: those that are looked at.
    init(_ persons: [PersonUse], features: [Int64], asOf: Int32) {
        let places = Dictionary(features.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        let mixes = persons.compactMap { Self.mix($0, places, asOf: asOf) }
        self.mixes = mixes
        self.rates = Self.fit(mixes, count: features.count)
    }

    /// The shares of a person's uses that would be each cell's, in the order of the cells: the greater one of two.
    ///
    /// Either a new feature brings uses of its own, and the shares are those of the rates; or what is done in a day is
    /// split among the features there are by then, and the first ones have more. Nobody is to be labelled for having
    /// begun with something.
    func shares(of mix: Mix) -> [Double] {
        let weights = mix.cells.map { self.rates[$0.feature] }
        let all = zip(weights, mix.cells).reduce(0) { $0 + $1.0 * $1.1.days }
        guard all > 0 else { return weights.map { _ in 0 } }
        // The features of a day are those whose days reach back to it.
        let days = Int(mix.cells.map(\.days).max() ?? 0)
        var split = [Double](repeating: 0, count: weights.count)
        for day in 0..<days {
            let used = mix.cells.indices.filter { mix.cells[$0].days > Double(day) }
            let total = used.reduce(0) { $0 + weights[$1] }
            guard total > 0 else { continue }
            for cell in used { split[cell] += weights[cell] / total / Double(days) }
        }
        return mix.cells.indices.map { max(weights[$0] * mix.cells[$0].days / all, split[$0]) }
    }

    private static func mix(_ person: PersonUse, _ places: [Int64: Int], asOf: Int32) -> Mix? {
        let start = PatternWindows.start(PatternWindows.recentDays, asOf: asOf)
        let days = person.activeDays.filter { $0 >= start && $0 <= asOf }
        guard !days.isEmpty else { return nil }
        let uses = Dictionary(person.recent.map { ($0.feature, Int(clamping: $0.recentUses)) }) { first, _ in first }
        let cells = person.firstUses.compactMap { first -> Cell? in
            guard let place = places[first.feature], first.day <= asOf else { return nil }
            let exposed = days.count { $0 >= first.day }
            return exposed > 0 ? Cell(feature: place, uses: uses[first.feature] ?? 0, days: Double(exposed)) : nil
        }
        let total = cells.reduce(0) { $0 &+ $1.uses }
        return cells.count >= 2 && total > 0 ? Mix(person: person.person, cells: cells, uses: total) : nil
    }

    /// Iterative proportional fitting.
    private static func fit(_ mixes: [Mix], count: Int) -> [Double] {
        var uses = [Double](repeating: 0, count: count)
        for mix in mixes { for cell in mix.cells { uses[cell.feature] += Double(cell.uses) } }
        var rates = [Double](repeating: 1, count: count)
        for _ in 0..<self.rounds {
            var exposure = [Double](repeating: 0, count: count)
            for mix in mixes {
                let expected = mix.cells.reduce(0) { $0 + rates[$1.feature] * $1.days }
                guard expected > 0 else { continue }
                let person = Double(mix.uses) / expected
                for cell in mix.cells { exposure[cell.feature] += person * cell.days }
            }
            var change = 0.0
            for feature in rates.indices {
                let rate = exposure[feature] > 0 ? uses[feature] / exposure[feature] : 0
                if rates[feature] > 0 { change = max(change, abs(rate / rates[feature] - 1)) }
                rates[feature] = rate
            }
            if change < self.precision { break }
        }
        return rates
    }
}
