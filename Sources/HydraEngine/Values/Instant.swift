import Glibc
import HydraLimits

/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Read from RFC 3339 and written as `2026-01-02T03:04:05.678Z`, without Foundation: both stand on the path of every
/// call. A value; any thread.
package struct Instant: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The clock of this machine.
    package static func now() -> Instant {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000)
    }
}

// MARK: - Reading

extension Instant {
    /// Reads `YYYY-MM-DDThh:mm:ss`, an optional fraction of any length (digits after the third are cut), and `Z` or an
    /// offset `±hh:mm`; without one it is UTC. `T` and `Z` may be lower-case. Second 60 is the next minute's first.
    ///
    /// - Returns: nil for anything else, for dates that no calendar has, and for years outside 0001–9999.
    package init?(parsing text: String) {
        var reader = Digits(rest: text[...].utf8)
        guard
            let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T", or: "t"),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2), let fraction = reader.fraction(), let offset = reader.offset(), reader.atEnd,
            year >= 1, (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        let days = Self.days(beforeYear: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        self.init(milliseconds: Int64(seconds) * 1000 + Int64(fraction))
        guard (Self.earliest...Self.latest).contains(self) else { return nil }
    }

    /// The first and the last time of the contract; four digits are the rule on the way out too.
    private static let earliest = Instant(milliseconds: CallLimits.earliestTime)
    private static let latest = Instant(milliseconds: CallLimits.latestTime)

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years are counted from March, so that the
    /// leap day is a year's last.
    private static func days(beforeYear year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month > 2 ? year : year - 1
        let shiftedMonth = (month + 9) % 12
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
        return shiftedYear * 365 + leapDays + dayOfYear - 719_468
    }
}

// MARK: - Writing

extension Instant {
    /// `2026-01-02T03:04:05.678Z`; times outside the years 0001–9999 (none come from outside) are held at the border.
    package var iso8601: String {
        let time = Swift.min(Swift.max(self, Self.earliest), Self.latest).milliseconds
        let millisecondsOfDay = Int((time % 86_400_000 + 86_400_000) % 86_400_000)
        let day = Int((time - Int64(millisecondsOfDay)) / 86_400_000)
        let (year, month, dayOfMonth) = Self.date(day)
        var writer = DigitWriter()
        writer.put(year, 4, "-")
        writer.put(month, 2, "-")
        writer.put(dayOfMonth, 2, "T")
        writer.put(millisecondsOfDay / 3_600_000, 2, ":")
        writer.put(millisecondsOfDay / 60_000 % 60, 2, ":")
        writer.put(millisecondsOfDay / 1000 % 60, 2, ".")
        writer.put(millisecondsOfDay % 1000, 3, "Z")
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The date of a day counted from 1970-01-01: the reverse of ``days(beforeYear:month:day:)``.
    private static func date(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

/// Takes a time apart from left to right.
private struct Digits {
    var rest: Substring.UTF8View

    var atEnd: Bool { self.rest.isEmpty }

    mutating func number(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let byte = self.rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            self.rest.removeFirst()
        }
        return value
    }

    mutating func take(_ one: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard let byte = self.rest.first.map(Unicode.Scalar.init), byte == one || byte == other else { return false }
        self.rest.removeFirst()
        return true
    }

    /// Milliseconds; 0 without a fraction, nil for a point without digits.
    mutating func fraction() -> Int? {
        guard self.take(".") || self.take(",") else { return 0 }
        guard var value = self.number(1) else { return nil }
        value *= 100
        var weight = 10
        while let digit = self.number(1) {
            value += digit * weight
            weight /= 10
        }
        return value
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if self.atEnd || self.take("Z", or: "z") { return 0 }
        let east = self.take("+")
        guard east || self.take("-"), let hours = self.number(2), hours <= 23 else { return nil }
        _ = self.take(":")
        guard let minutes = self.number(2), minutes <= 59 else { return nil }
        return (hours * 60 + minutes) * (east ? 1 : -1)
    }
}

/// Writes numbers of a fixed width.
private struct DigitWriter {
    var bytes: [UInt8] = []

    /// Writes the last `width` digits and one ASCII character.
    mutating func put(_ value: Int, _ width: Int, _ separator: Unicode.Scalar) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            self.bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
        self.bytes.append(UInt8(ascii: separator))
    }
}
