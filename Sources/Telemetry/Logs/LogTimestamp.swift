/// A point in time as the lines show it: `2026-01-02T03:04:05.678Z`.
///
/// The civil date comes from integer arithmetic (days since 1970 to year, month and day in the proleptic Gregorian
/// calendar): about 10 ns, so nothing is cached and no state is shared between threads. Pure; any thread.
enum LogTimestamp {
    /// Appends the time in UTC with milliseconds, 24 bytes.
    ///
    /// - Parameter nanoseconds: since 1970 UTC; years 0 to 9999 are shown, others wrap in their last four digits.
    static func append(nanoseconds: Int64, to bytes: inout [UInt8]) {
        let (seconds, fraction) = floorDivision(nanoseconds, 1_000_000_000)
        let (days, secondOfDay) = floorDivision(seconds, 86_400)
        let (year, month, day) = civilDate(daysSince1970: days)
        appendDigits(year, 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(month, 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(day, 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        appendDigits(secondOfDay / 3600, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(secondOfDay / 60 % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(secondOfDay % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        appendDigits(fraction / 1_000_000, 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Year, month (1–12) and day (1–31) of a day count.
    ///
    /// The year is taken to begin in March, so that the leap day is its last day and the months' lengths follow one
    /// linear formula; an era is 400 years, 146,097 days.
    static func civilDate(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let daysFromMarchOfYearZero: Int64 = 719_468
        let (era, dayOfEra) = floorDivision(days &+ daysFromMarchOfYearZero, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
        return (year, month, day)
    }

    /// Quotient rounded down and the non-negative rest, also for times before 1970.
    private static func floorDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    private static func appendDigits(_ value: Int64, _ count: Int, to bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<count { divisor *= 10 }
        let positive = Int64(bitPattern: value.magnitude)
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: positive / divisor % 10))
            divisor /= 10
        }
    }
}
