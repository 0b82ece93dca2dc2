import Glibc

/// Whether use grew or shrank against the period before, said only where the counts support it.
///
/// Both counts are taken as Poisson, so, their sum being given, the later one is binomial: the ratio's 95 % interval is
/// the Wilson interval of that share (E. B. Wilson, JASA 22, 1927), turned into a ratio. A value; any thread.
struct UsageTrend: Equatable, Sendable {
    enum Direction: String, CaseIterable, Sendable {
        case rising
        case steady
        case falling
        /// Used now, and not in the period before.
        case new
        /// Used in the period before, and not now.
        case dormant
        /// Too little use to tell.
        case none
    }

    static let confidence = 0.95
    /// Of the standard normal distribution, two-sided.
    private static let quantile = 1.959963984540054
    /// A ratio whose whole interval is between a half and the double is steady; a wider one says nothing.
    private static let steady = 0.5...2.0
    /// And one whose whole interval is between these, even where it does not hold 1: many counts support differences that
    /// mean nothing to anybody.
    private static let unchanged = 0.8...1.25

    let direction: Direction
    /// Use for each day now, divided by use for each day before; nil without use before.
    let ratio: Double?
    /// The interval's bounds; `high` is nil where there is none.
    let low: Double?
    let high: Double?

    /// False where the counts do not support any word.
    var isSupported: Bool { self.direction != .none }

    /// - Parameters:
    ///   - now: uses in the period.
    ///   - before: uses in the period before.
    ///   - days: the period's length up to now in days; the last day may have only begun.
    ///   - daysBefore: the length of the period before.
    init(now: Int64, before: Int64, days: Double, daysBefore: Double) {
        let total = Double(now) + Double(before)
        guard total > 0, days > 0, daysBefore > 0 else {
            self.init(direction: .none, ratio: nil, low: nil, high: nil)
            return
        }
        let share = Double(now) / total
        let square = Self.quantile * Self.quantile
        let centre = (share + square / (2 * total)) / (1 + square / total)
        let spread =
            Self.quantile / (1 + square / total)
            * (share * (1 - share) / total + square / (4 * total * total)).squareRoot()
        // As many days as before would make a share of one half of an even use.
        let exposure = daysBefore / days
        func ratio(ofShare share: Double) -> Double? { share >= 1 ? nil : share / (1 - share) * exposure }
        let low = ratio(ofShare: max(0, centre - spread)) ?? 0
        let high = before == 0 ? nil : ratio(ofShare: min(1, centre + spread))
        let direction: Direction
        if let high, Self.unchanged.contains(low), Self.unchanged.contains(high) {
            direction = .steady
        } else if low > 1 {
            direction = before == 0 ? .new : .rising
        } else if let high, high < 1 {
            direction = now == 0 ? .dormant : .falling
        } else if let high, Self.steady.contains(low), Self.steady.contains(high) {
            direction = .steady
        } else {
            direction = .none
        }
        self.init(
            direction: direction,
            ratio: before == 0 ? nil : Double(now) / Double(before) * exposure,
            low: low,
            high: high
        )
    }

    private init(direction: Direction, ratio: Double?, low: Double?, high: Double?) {
        self.direction = direction
        self.ratio = ratio
        self.low = low
        self.high = high
    }

    /// The trend in a sentence.
    var text: String {
        switch self.direction {
        case .rising: "Use is rising: \(self.factor) as much as in the period before (\(self.interval))."
        case .falling: "Use is falling: \(self.factor) as much as in the period before (\(self.interval))."
        case .steady: "Use is steady: \(self.factor) as much as in the period before (\(self.interval))."
        case .new: "Use is new: there was none in the period before."
        case .dormant: "Use has stopped: there was some in the period before."
        case .none: "There is not enough use to tell a trend."
        }
    }

    private var factor: String { self.ratio.map { Self.text($0) + " times" } ?? "many times" }

    private var interval: String {
        "95 % interval \(self.low.map { Self.text($0) } ?? "0") to \(self.high.map { Self.text($0) } ?? "any")"
    }

    private static func text(_ value: Double) -> String {
        // Two decimals, and never a number that does not fit an integer.
        guard value.isFinite, value < 1e9 else { return "more than a billion" }
        let hundredths = Int64((value * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
