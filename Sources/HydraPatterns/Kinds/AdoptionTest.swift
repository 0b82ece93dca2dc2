import Glibc

/// Features that are started soon after others: B within 14 days of A more often than by those who did not just start
/// with A.
///
/// A person can start with B on each active day until it does; a day is exposed if A was started in the 14 days before
/// it. Exposed and other days are compared among days of the same kind: as many active days since the person's first,
/// persons of the same eagerness for other features. So neither a new user's first days, on which everything is
/// started, nor people who try everything make an association. The odds ratio is Mantel and Haenszel's (JNCI 22, 1959)
/// with a prior of one in each cell, its variance that of Robins, Breslow and Greenland (Biometrics 42, 1986).
///
/// What makes a person try many things in some weeks and none in others would look like an association too, but one
/// without a direction: B must also come soon after A more often than A soon after B (the symmetry of sequences, Hallas,
/// Epidemiology 7, 1996). The greater of the two probabilities counts.
enum AdoptionTest {
    /// The features with the most users whose pairs are looked at.
    private static let maximumFeatures = 60
    /// Persons that must have started with both, at least; below them nothing is asked.
    static let minimumPersons = 25
    private static let minimumShare = 0.02
    private static let minimumFollowers = 10
    /// Days after which having followed is no news any more.
    private static let newsDays: Int32 = 28
    private static let labelsPerPerson = 5
    /// Where the buckets of active days begin; day 0, a person's first, is not after anything.
    private static let bucketStarts = [1, 2, 3, 5, 8, 13, 21, 34, 55]
    private static let classes = 5
    private static var strata: Int { self.bucketStarts.count * self.classes }

    private struct Table {
        var days = [Double](repeating: 0, count: AdoptionTest.strata)
        var starts = [Double](repeating: 0, count: AdoptionTest.strata)
    }

    /// A person as the pairs see it.
    private struct Course {
        let person: Int64
        let days: [Int32]
        /// The index among the active days of the first use of each feature that is looked at; nil if it was not used.
        let starts: [Int?]
        let features: Int
    }

    private struct Pair {
        let before: Int
        let after: Int
        let odds: Ratio
        let followers: Int
        let starters: Int
        /// Persons who started with A soon after B.
        let reversed: Int
        let expected: Double
        let probability: Double
    }

    /// - Returns: labels on the account for the associations, and on the persons that they are about.
    static func run(_ persons: [PersonUse], asOf: Int32) -> (labels: [Pattern], tests: Int) {
        var users: [Int64: Int] = [:]
        for person in persons {
            for use in person.firstUses where use.day <= asOf { users[use.feature, default: 0] += 1 }
        }
        let features = Array(
            users.filter { $0.value >= self.minimumPersons }
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .prefix(self.maximumFeatures).map(\.key)
        )
        guard features.count >= 2 else { return ([], 0) }
        let courses = self.courses(persons, features, asOf: asOf)
        let limits = self.classLimits(courses)
        var pairs: [Pair] = []
        for after in features.indices {
            let all = self.everyDay(courses, after, limits)
            for before in features.indices where before != after {
                if let pair = self.pair(courses, before, after, all, limits) { pairs.append(pair) }
            }
        }
        let adjusted = FalseDiscoveryRate.adjusted(pairs.map(\.probability))
        var labels: [Pattern] = []
        for (pair, adjusted) in zip(pairs, adjusted) {
            let isFrequent =
                pair.followers >= self.minimumFollowers
                && (pair.followers >= self.minimumPersons
                    || Double(pair.followers) >= self.minimumShare * Double(persons.count))
            guard adjusted <= FalseDiscoveryRate.level, pair.odds.low > 1, isFrequent else { continue }
            labels += self.labels(pair, features, courses, adjusted: adjusted, tests: pairs.count, asOf: asOf)
        }
        return (self.limited(labels), pairs.count)
    }

    // MARK: Counting

    private static func courses(_ persons: [PersonUse], _ features: [Int64], asOf: Int32) -> [Course] {
        let indexes = Dictionary(features.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        return persons.compactMap { person in
            let days = Array(person.activeDays.prefix { $0 <= asOf })
            guard days.count > 1 else { return nil }
            var starts = [Int?](repeating: nil, count: features.count)
            for use in person.firstUses {
                guard let index = indexes[use.feature] else { continue }
                starts[index] = self.index(of: use.day, in: days)
            }
            return Course(person: person.person, days: days, starts: starts, features: person.firstUses.count)
        }
    }

    /// The index of a day among ascending ones; nil if it is none of them.
    private static func index(of day: Int32, in days: [Int32]) -> Int? {
        let index = self.firstIndex(after: day &- 1, in: days)
        return index < days.count && days[index] == day ? index : nil
    }

    private static func firstIndex(after day: Int32, in days: [Int32]) -> Int {
        var low = 0
        var high = days.count
        while low < high {
            let middle = (low + high) / 2
            if days[middle] > day { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// How eager a person is for features other than this one.
    private static func eagerness(_ course: Course, without feature: Int) -> Double {
        let others = course.features - (course.starts[feature] == nil ? 0 : 1)
        return Double(others) / Double(course.days.count).squareRoot()
    }

    private static func classLimits(_ courses: [Course]) -> [Double] {
        let sorted = courses.map { Double($0.features) / Double($0.days.count).squareRoot() }.sorted()
        guard !sorted.isEmpty else { return [] }
        return (1..<self.classes).map { sorted[min(sorted.count - 1, sorted.count * $0 / self.classes)] }
    }

    private static func firstStratum(_ course: Course, _ feature: Int, _ limits: [Double]) -> Int {
        let eagerness = self.eagerness(course, without: feature)
        return limits.count { eagerness >= $0 } * self.bucketStarts.count
    }

    /// Adds the active days `from..<until` (by index) to the buckets that they are in.
    private static func add(_ from: Int, _ until: Int, to values: inout [Double], at stratum: Int) {
        for (bucket, start) in self.bucketStarts.enumerated() {
            let end = bucket + 1 < self.bucketStarts.count ? self.bucketStarts[bucket + 1] : Int.max
            let count = min(until, end) - max(from, start)
            if count > 0 { values[stratum + bucket] += Double(count) }
            if until <= end { return }
        }
    }

    /// All days on which anybody could start with a feature, and those on which somebody did.
    private static func everyDay(_ courses: [Course], _ after: Int, _ limits: [Double]) -> Table {
        var table = Table()
        for course in courses {
            let stratum = self.firstStratum(course, after, limits)
            let start = course.starts[after]
            if start == 0 { continue }
            self.add(1, start.map { $0 + 1 } ?? course.days.count, to: &table.days, at: stratum)
            if let start { self.add(start, start + 1, to: &table.starts, at: stratum) }
        }
        return table
    }

    /// The active days (by index) that are exposed: after the day of A, at most 14 days.
    private static func exposed(_ course: Course, _ start: Int) -> Range<Int> {
        let last = course.days[start].addingReportingOverflow(PatternWindows.adoptionDays)
        let end = self.firstIndex(after: last.overflow ? .max : last.partialValue, in: course.days)
        return start + 1..<max(end, start + 1)
    }

    private static func pair(
        _ courses: [Course],
        _ before: Int,
        _ after: Int,
        _ all: Table,
        _ limits: [Double]
    ) -> Pair? {
        var exposed = Table()
        var followers = 0
        var starters = 0
        var both = 0
        var reversed = 0
        for course in courses {
            guard let start = course.starts[before] else { continue }
            let end = course.starts[after]
            if let end {
                both += 1
                if end < start, self.exposed(course, end).contains(start) { reversed += 1 }
                if end <= start { continue }
            }
            starters += 1
            let stratum = self.firstStratum(course, after, limits)
            let days = self.exposed(course, start)
            let until = min(days.upperBound, end.map { $0 + 1 } ?? days.upperBound)
            if days.lowerBound < until { self.add(days.lowerBound, until, to: &exposed.days, at: stratum) }
            if let end, days.contains(end) {
                followers += 1
                self.add(end, end + 1, to: &exposed.starts, at: stratum)
            }
        }
        guard both >= self.minimumPersons else { return nil }
        var sums = MantelHaenszel()
        for stratum in 0..<self.strata {
            sums.add(
                hits: exposed.starts[stratum],
                of: exposed.days[stratum],
                allHits: all.starts[stratum],
                ofAll: all.days[stratum]
            )
        }
        return Pair(
            before: before,
            after: after,
            odds: sums.smoothedOdds,
            followers: followers,
            starters: starters,
            reversed: reversed,
            expected: sums.expected,
            probability: max(
                sums.upperTail,
                Distributions.binomialUpperTail(Double(followers), of: Double(followers + reversed), share: 0.5)
            )
        )
    }

    // MARK: Labels

    private static func labels(
        _ pair: Pair,
        _ features: [Int64],
        _ courses: [Course],
        adjusted: Double,
        tests: Int,
        asOf: Int32
    ) -> [Pattern] {
        let evidence = PatternEvidence(
            counts: [
                .init(name: "startedWithFirst", value: Double(pair.starters)),
                .init(name: "followedWithSecond", value: Double(pair.followers)),
                .init(name: "theOtherWayRound", value: Double(pair.reversed)),
                .init(name: "withinDays", value: Double(PatternWindows.adoptionDays)),
            ],
            comparison: .init(
                group: "followers to expect if it made no difference to have just started with the first",
                size: courses.count,
                value: pair.expected
            ),
            effect: .init(measure: "odds of starting with the second on an active day", ratio: pair.odds),
            probability: pair.probability,
            adjusted: adjusted,
            tests: tests
        )
        let pairFeatures = [features[pair.before], features[pair.after]]
        var earliest = asOf
        var labels: [Pattern] = []
        for course in courses {
            guard let start = course.starts[pair.before], let end = course.starts[pair.after], end > start,
                self.exposed(course, start).contains(end)
            else { continue }
            let day = course.days[end]
            earliest = min(earliest, day)
            if day > asOf &- self.newsDays {
                labels.append(
                    Pattern(
                        kind: .adoptsAfter,
                        subject: .person(course.person),
                        features: pairFeatures,
                        since: day,
                        evidence: evidence
                    )
                )
            }
        }
        labels.append(
            Pattern(kind: .adoptsAfter, subject: .account, features: pairFeatures, since: earliest, evidence: evidence)
        )
        return labels
    }

    /// The strongest of each person.
    private static func limited(_ labels: [Pattern]) -> [Pattern] {
        var counts: [Int64: Int] = [:]
        return labels.sorted { $0.evidence.effect.ratio.low > $1.evidence.effect.ratio.low }.filter { label in
            guard case .person(let person) = label.subject else { return true }
            counts[person, default: 0] += 1
            return counts[person, default: 0] <= self.labelsPerPerson
        }
    }
}
