/// Whole UTC days since 1970, as they stand in the tables of usage.
///
/// A value; any thread.
struct UsageDay: Hashable, Comparable, Sendable {
    let number: Int64

    static let millisecondsPerDay: Int64 = 86_400_000

    init(number: Int64) {
        self.number = number
    }

    /// The day that a point in time is on; before 1970 too.
    init(_ instant: Instant) {
        let (quotient, remainder) = instant.milliseconds.quotientAndRemainder(dividingBy: Self.millisecondsPerDay)
        self.number = remainder < 0 ? quotient - 1 : quotient
    }

    /// From `2026-01-31`.
    init?(parsing text: String) {
        guard text.utf8.count == 10, let instant = Instant(parsing: text + "T00:00:00Z") else { return nil }
        self.init(instant)
    }

    /// The day's first millisecond.
    var start: Instant { Instant(milliseconds: self.number &* Self.millisecondsPerDay) }

    /// `2026-01-31`.
    var text: String { String(self.start.iso8601.prefix(10)) }

    func adding(_ days: Int64) -> UsageDay { UsageDay(number: self.number &+ days) }

    static func < (left: UsageDay, right: UsageDay) -> Bool { left.number < right.number }
}
