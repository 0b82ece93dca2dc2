import Foundation

@testable import HydraPatterns

/// A made-up population whose truth is known: who does more, fails more, stops, and which feature leads to which.
///
/// Without plants nothing is to be found: persons differ in how often they come, how much they do when they come and how
/// eager they are for new features, and everything else is chance.
struct Population {
    static let asOf: Int32 = 20_000
    static let days: Int32 = 120
    static let features = 12

    struct Plants {
        /// Persons who use feature 3 as many times more.
        var powerUsers = 0
        var powerFactor = 8.0
        /// Persons who fail half of the time.
        var strugglers = 0
        /// Persons who stopped 30 days ago.
        var quiet = 0
        /// Persons whose use changed by this factor 28 days ago.
        var rising = 0
        var falling = 0
        var changeFactor = 4.0
        /// Feature 6 is started this many times more readily in the 14 days after feature 5.
        var adoptionFactor = 1.0
        /// Companies all of whose persons use feature 9, which elsewhere few do.
        var spreadCompanies = 0

        /// Something of everything.
        static var some: Plants {
            var plants = Plants()
            plants.powerUsers = 10
            plants.strugglers = 10
            plants.quiet = 15
            plants.rising = 15
            plants.falling = 15
            plants.adoptionFactor = 5
            plants.spreadCompanies = 4
            return plants
        }
    }

    var persons: [PersonUse] = []
    /// What was planted, as the labels name it.
    var truth: [PatternKind: Set<String>] = [:]
    /// What else is true because of it.
    var consequences: Set<String> = []

    init(persons count: Int, seed: UInt64, plants: Plants = Plants()) {
        var generator = SeededGenerator(seed: seed)
        for index in 0..<count {
            self.persons.append(self.person(index, count, plants, &generator))
        }
        if plants.adoptionFactor > 1 { self.plant(.adoptsAfter, "account [5, 6]") }
    }

    private mutating func plant(_ kind: PatternKind, _ rest: String) {
        self.truth[kind, default: []].insert("\(kind.rawValue) \(rest)")
    }

    private mutating func person(
        _ index: Int,
        _ count: Int,
        _ plants: Plants,
        _ generator: inout SeededGenerator
    ) -> PersonUse {
        // Persons of the plants do not overlap.
        var from = 0
        func isPlanted(_ persons: Int) -> Bool {
            defer { from += persons }
            return index >= from && index < from + persons
        }
        let isPower = isPlanted(plants.powerUsers)
        let isStruggling = isPlanted(plants.strugglers)
        let isQuiet = isPlanted(plants.quiet)
        let isRising = isPlanted(plants.rising)
        let isFalling = isPlanted(plants.falling)
        let isAny = index < from
        let id = Int64(index + 1)
        let company = Int64(index % max(1, count / 10) + 1)
        let isSpread = Int(company) <= plants.spreadCompanies
        if isPower { self.plant(.powerUser, "person(\(id)) [3]") }
        if isStruggling { self.plant(.struggling, "person(\(id)) [4]") }
        if isQuiet { self.plant(.goneQuiet, "person(\(id)) []") }
        if isRising { self.plant(.rising, "person(\(id)) []") }
        if isFalling { self.plant(.falling, "person(\(id)) []") }
        // Who stops uses less, too, and a company follows its persons.
        if isQuiet { self.consequences.insert("falling person(\(id)) []") }
        if isRising { self.consequences.insert("rising company(\(company)) []") }
        if isQuiet || isFalling { self.consequences.insert("falling company(\(company)) []") }
        if isPower || isStruggling { self.consequences.insert("struggling company(\(company)) [4]") }
        if isSpread { self.plant(.spread, "company(\(company)) [9]") }

        let comes = isAny ? 0.5 : Double.random(in: 0.1...0.7, using: &generator)
        let busy = Self.gamma(2, using: &generator) / 2
        let eager = Self.gamma(3, using: &generator) / 3
        let tenure = isAny ? Self.days : Int32.random(in: 10...Self.days, using: &generator)
        let first = Self.asOf - tenure + 1
        var starts = [Int32?](repeating: nil, count: Self.features)
        // Everybody starts with feature 0, and the planted with theirs.
        starts[0] = first
        if isAny { for feature in 1...2 { starts[feature] = first } }
        if isPower { starts[3] = first }
        if isStruggling { starts[4] = first }
        let usesNine = Double.random(in: 0..<1, using: &generator) < (isSpread ? 0.95 : 0.15)
        if usesNine { starts[9] = first }
        var activeDays: [Int32] = []
        var firstUses: [Int: Int32] = [:]
        var recent: [Int64: PersonUse.RecentUse] = [:]
        var weeks = [Int64](repeating: 0, count: 8)
        for day in first...Self.asOf {
            let ago = Self.asOf - day
            if isQuiet, ago < 30 { break }
            guard Double.random(in: 0..<1, using: &generator) < comes else { continue }
            var isActive = false
            var started: [Int] = []
            for feature in 0..<Self.features where feature != 9 || usesNine {
                if starts[feature] == nil {
                    var hazard = 0.02 * eager
                    if feature == 6, let five = starts[5], day > five, day <= five + 14 {
                        hazard *= plants.adoptionFactor
                    }
                    guard Double.random(in: 0..<1, using: &generator) < hazard else { continue }
                    starts[feature] = day
                }
                started.append(feature)
            }
            for feature in started {
                // What is done in a day is shared among the features: a new one does not make anybody do more.
                var mean = 4 * (isAny ? 1 : busy) / Double(started.count)
                if isPower, feature == 3 { mean *= plants.powerFactor }
                if isRising, ago < 28 { mean *= plants.changeFactor }
                if isFalling, ago < 28 { mean /= plants.changeFactor }
                let uses = max(starts[feature] == day ? 1 : 0, Self.poisson(mean, using: &generator))
                guard uses > 0 else { continue }
                isActive = true
                firstUses[feature] = min(firstUses[feature] ?? day, day)
                var use = recent[Int64(feature)] ?? PersonUse.RecentUse(feature: Int64(feature))
                if ago < 28 { use.recentUses += Int64(uses) }
                if ago < 84 {
                    use.longUses += Int64(uses)
                    let fails = isStruggling && feature == 4 ? 0.5 : 0.08
                    for _ in 0..<uses where Double.random(in: 0..<1, using: &generator) < fails {
                        use.longNegatives += 1
                    }
                }
                recent[Int64(feature)] = use
                if ago < 56 { weeks[7 - Int(ago / 7)] += Int64(uses) }
            }
            if isActive { activeDays.append(day) }
        }
        return PersonUse(
            person: id,
            company: company,
            activeDays: activeDays,
            firstUses: firstUses.sorted { $0.key < $1.key }.map { .init(feature: Int64($0.key), day: $0.value) },
            recent: recent.values.sorted { $0.feature < $1.feature },
            weeks: weeks
        )
    }

    private static func poisson(_ mean: Double, using generator: inout SeededGenerator) -> Int {
        let limit = exp(-mean)
        var product = Double.random(in: 0..<1, using: &generator)
        var count = 0
        while product > limit {
            count += 1
            product *= Double.random(in: 0..<1, using: &generator)
        }
        return count
    }

    /// Of a whole shape: the sum of exponentials.
    private static func gamma(_ shape: Int, using generator: inout SeededGenerator) -> Double {
        (0..<shape).reduce(0) { sum, _ in
            sum - log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &generator))
        }
    }
}

extension Pattern {
    /// Names the label in ``Population/truth``.
    var name: String { "\(self.kind.rawValue) \(self.subject) \(self.features)" }
}
