/// Reads the times that Segment's clients write, and the ones people write by hand.
///
/// Understood: ISO 8601 with a date alone or with a time, basic (`20260102T030405Z`) or extended; months, days and
/// hours without a leading zero; `T`, `t` or blanks between date and time; any number of fraction digits, cut to
/// milliseconds; `Z`, `z`, `UTC`, `GMT`, `±hh`, `±hhmm`, `±hh:mm`; no zone is UTC; second 60 and hour 24 run over into
/// what follows. A text of digits is seconds or milliseconds since 1970, unless its length makes it a date (4 and 8
/// digits).
enum TimestampParser {
    /// Below this a number counts seconds, from it on milliseconds: 100,000,000,000 s is the year 5138, and as many ms
    /// are in 1973.
    private static let leastMilliseconds: Int64 = 100_000_000_000

    /// Reads the text of a time; nil when it is none, or outside the years 1 to 9999.
    static func parse(_ text: ArraySlice<UInt8>) -> Timestamp? {
        var scanner = ByteScanner(text)
        scanner.skipBlanks()
        let digits = scanner.countDigits()
        if digits != 4, digits != 8 || !scanner.looksLikeCompactDate { return scanner.epoch() }
        guard let date = scanner.date(compact: digits == 8) else { return nil }
        var milliseconds = date.daysSince1970 * CivilDate.millisecondsPerDay
        if scanner.skipTimeSeparator() {
            guard let time = scanner.time() else { return nil }
            milliseconds += time
        }
        scanner.skipBlanks()
        guard let offset = scanner.zone() else { return nil }
        milliseconds -= offset
        scanner.skipBlanks()
        guard scanner.isAtEnd else { return nil }
        let timestamp = Timestamp(milliseconds: milliseconds)
        return timestamp.isPrintable ? timestamp : nil
    }

    /// Reads a number of seconds or milliseconds since 1970, as JSON spells numbers; nil when outside the years 1 to
    /// 9999.
    static func epoch(_ text: ArraySlice<UInt8>) -> Timestamp? {
        var scanner = ByteScanner(text)
        return scanner.epoch()
    }

    /// Seconds or milliseconds since 1970, whichever the size makes it.
    static func instant(whole: Int64, thousandths: Int64) -> Timestamp? {
        let isSeconds = whole.magnitude < leastMilliseconds.magnitude
        let milliseconds = isSeconds ? whole * 1_000 + thousandths : whole
        let timestamp = Timestamp(milliseconds: milliseconds)
        return timestamp.isPrintable ? timestamp : nil
    }
}

extension ByteScanner {
    /// Whether eight digits ahead are a date: no clock has been set to the first months of 1970 since, but compact
    /// dates are common.
    fileprivate var looksLikeCompactDate: Bool {
        var ahead = self
        return ahead.date(compact: true) != nil
            && (ahead.isAtEnd || ahead.skip(UInt8(ascii: "T")) || ahead.skip(UInt8(ascii: "t")))
    }

    /// `2026-01-02`, `2026-1-2`, `2026/01/02`, `2026-01`, `2026`, or `20260102`.
    fileprivate mutating func date(compact: Bool) -> CivilDate? {
        guard let year = number(digits: 4...4) else { return nil }
        if compact {
            guard let month = number(digits: 2...2), let day = number(digits: 2...2) else { return nil }
            return CivilDate(year: year, month: month, day: day)
        }
        let separator: UInt8
        if skip(UInt8(ascii: "-")) {
            separator = UInt8(ascii: "-")
        } else if skip(UInt8(ascii: "/")) {
            separator = UInt8(ascii: "/")
        } else {
            return CivilDate(year: year, month: 1, day: 1)
        }
        guard let month = number(digits: 1...2) else { return nil }
        guard skip(separator) else { return CivilDate(year: year, month: month, day: 1) }
        guard let day = number(digits: 1...2) else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Whether a time follows: `T`, `t` or blanks, and then a digit.
    fileprivate mutating func skipTimeSeparator() -> Bool {
        if skip(UInt8(ascii: "T")) || skip(UInt8(ascii: "t")) { return true }
        guard let blank = peek, blank.digitValue == nil else { return false }
        skipBlanks()
        return peek?.digitValue != nil
    }

    /// The time of day in milliseconds; up to 24:00 and second 60.
    fileprivate mutating func time() -> Int64? {
        let isCompact = countDigits() > 2
        guard let hour = number(digits: isCompact ? 2...2 : 1...2) else { return nil }
        var minute = 0
        var second = 0
        var thousandths: Int64 = 0
        if isCompact || skip(UInt8(ascii: ":")) {
            guard let value = number(digits: isCompact ? 2...2 : 1...2) else { return nil }
            minute = value
            if isCompact ? countDigits() > 0 : skip(UInt8(ascii: ":")) {
                guard let value = number(digits: isCompact ? 2...2 : 1...2) else { return nil }
                second = value
                if skip(UInt8(ascii: ".")) || skip(UInt8(ascii: ",")) { thousandths = fraction() }
            }
        }
        guard hour <= 24, minute <= 59, second <= 60 else { return nil }
        guard hour < 24 || (minute == 0 && second == 0 && thousandths == 0) else { return nil }
        return Int64(hour * 3_600 + minute * 60 + second) * 1_000 + thousandths
    }

    /// How far the zone is east of UTC, in milliseconds; 0 when nothing is said.
    fileprivate mutating func zone() -> Int64? {
        if isAtEnd { return 0 }
        if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) || skip("UTC") || skip("GMT") { return 0 }
        let isWest = skip(UInt8(ascii: "-"))
        guard isWest || skip(UInt8(ascii: "+")) else { return nil }
        guard let hours = number(digits: 2...2) else { return nil }
        var minutes = 0
        if skip(UInt8(ascii: ":")) || countDigits() > 0 {
            guard let value = number(digits: 2...2) else { return nil }
            minutes = value
        }
        guard hours <= 23, minutes <= 59 else { return nil }
        let offset = Int64(hours * 60 + minutes) * 60_000
        return isWest ? -offset : offset
    }

    /// A number in JSON's spelling, whole or with a fraction or exponent.
    fileprivate mutating func epoch() -> Timestamp? {
        let start = self
        let isNegative = skip(UInt8(ascii: "-"))
        // 15 digits are beyond the year 9999 in milliseconds, and within Int64 in seconds.
        guard let whole = number(digits: 1...15) else { return nil }
        var thousandths: Int64 = 0
        if skip(UInt8(ascii: ".")) { thousandths = fraction() }
        if !isAtEnd, peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") { return start.exponentEpoch() }
        skipBlanks()
        guard isAtEnd else { return nil }
        return TimestampParser.instant(
            whole: Int64(isNegative ? -whole : whole),
            thousandths: isNegative ? -thousandths : thousandths
        )
    }

    /// A number with an exponent, which nobody writes by hand: the precision of a Double is enough.
    private func exponentEpoch() -> Timestamp? {
        guard let value = Double(String(decoding: rest, as: UTF8.self)), value.magnitude < 1e15 else { return nil }
        let whole = value.rounded(.towardZero)
        return TimestampParser.instant(
            whole: Int64(whole),
            thousandths: Int64(((value - whole) * 1_000).rounded(.towardZero))
        )
    }
}
