import HydraPatterns

/// The use of the last 30 days against the 30 before, of everyone: to filter and sort lists by.
///
/// A value; any thread.
struct UseTrends: Sendable {
    static let days: Int64 = 30

    struct Key: Hashable, Sendable {
        let kind: Int64
        let subject: Int64
    }

    struct Trend: Equatable, Sendable {
        let direction: UsageTrend.Direction
        /// In the last 30 days.
        let uses: Int64
    }

    private(set) var all: [Key: Trend] = [:]
    private var counts: [Key: (now: Int64, before: Int64)] = [:]
    private let asOf: Int64

    init(asOf: Int32) {
        self.asOf = Int64(asOf)
    }

    /// Adds the uses of one day.
    mutating func add(_ uses: Int64, on day: Int64, person: Int64, company: Int64?) {
        let age = self.asOf &- day
        guard (0..<Self.days * 2).contains(age) else { return }
        for key in [
            Key(kind: PatternSubjectKind.person.rawValue, subject: person),
            company.map { Key(kind: PatternSubjectKind.company.rawValue, subject: $0) },
        ] {
            guard let key else { continue }
            var count = self.counts[key] ?? (0, 0)
            if age < Self.days { count.now &+= uses } else { count.before &+= uses }
            self.counts[key] = count
        }
    }

    /// Says what the counts support.
    mutating func finish() {
        self.all = self.counts.mapValues { count in
            let trend = UsageTrend(
                now: count.now,
                before: count.before,
                days: Double(Self.days),
                daysBefore: Double(Self.days)
            )
            return Trend(direction: trend.direction, uses: count.now)
        }
    }
}
