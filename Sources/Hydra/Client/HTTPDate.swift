/// Dates in HTTP headers, RFC 9110 section 5.6.7: the form of today and the two that recipients must still read.
enum HTTPDate {
    /// Seconds since 1970 of a date such as
    ///
    ///     Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate
    ///     Sunday, 06-Nov-94 08:49:37 GMT     RFC 850
    ///     Sun Nov  6 08:49:37 1994           asctime
    ///
    /// Nil for everything else. Whether the day of the week is the date's is not looked at.
    ///
    /// - Parameter now: seconds since 1970; decides the century of the two-digit year: a date that would be more than
    ///   50 years ahead is meant to be past.
    static func parse(_ text: some BidirectionalCollection<UInt8>, now: Int64) -> Int64? {
        let words = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard let weekday = words.first else { return nil }
        switch words.count {
        case 6 where weekday.last == UInt8(ascii: ",") && Self.isName(weekday.dropLast(), Self.weekdays, 3):
            guard Self.isGMT(words[5]), let day = Self.number(words[1], digits: 2...2),
                let month = Self.month(words[2]), let year = Self.number(words[3], digits: 4...4)
            else { return nil }
            return Self.seconds(year: year, month: month, day: day, time: words[4])
        case 4 where weekday.last == UInt8(ascii: ",") && Self.isName(weekday.dropLast(), Self.weekdays, nil):
            let date = words[1].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard Self.isGMT(words[3]), date.count == 3, let day = Self.number(date[0], digits: 2...2),
                let month = Self.month(date[1]), let short = Self.number(date[2], digits: 2...2)
            else { return nil }
            return Self.latest(of: short, now: now) { Self.seconds(year: $0, month: month, day: day, time: words[2]) }
        case 5 where Self.isName(weekday, Self.weekdays, 3):
            guard let month = Self.month(words[1]), let day = Self.number(words[2], digits: 1...2),
                let year = Self.number(words[4], digits: 4...4)
            else { return nil }
            return Self.seconds(year: year, month: month, day: day, time: words[3])
        default:
            return nil
        }
    }

    /// The number that all of `text` spells in ASCII digits; nil unless it has an allowed count of them. At most 18
    /// digits may be allowed.
    static func number(_ text: some Collection<UInt8>, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.count) else { return nil }
        var number = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let secondsOfDay: Int64 = 86_400

    /// Whether `text` is one of the names, or one of their first `length` letters.
    private static func isName(_ text: some Collection<UInt8>, _ names: [String], _ length: Int?) -> Bool {
        names.contains { text.elementsEqual($0.utf8.prefix(length ?? .max)) }
    }

    private static func isGMT(_ text: some Collection<UInt8>) -> Bool {
        text.elementsEqual("GMT".utf8)
    }

    /// 1…12.
    private static func month(_ text: some Collection<UInt8>) -> Int? {
        self.months.firstIndex { text.elementsEqual($0.utf8) }.map { $0 + 1 }
    }

    /// The date with the latest year ending in `short` that is not more than 50 years ahead.
    private static func latest(of short: Int, now: Int64, _ date: (_ year: Int) -> Int64?) -> Int64? {
        let fiftyYears = 50 * 36_525 / 100 * Self.secondsOfDay
        for century in [2_100, 2_000, 1_900] {
            if let date = date(century + short), date <= now &+ fiftyYears { return date }
        }
        return nil
    }

    /// Seconds since 1970 of a day of the Gregorian calendar and a time `08:49:37`; nil if there is no such day or
    /// time. A leap second counts as the second after it.
    private static func seconds(year: Int, month: Int, day: Int, time: some Collection<UInt8>) -> Int64? {
        let parts = time.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = Self.number(parts[0], digits: 2...2), hour < 24,
            let minute = Self.number(parts[1], digits: 2...2), minute < 60,
            let second = Self.number(parts[2], digits: 2...2), second <= 60,
            (1...Self.days(ofMonth: month, year: year)).contains(day)
        else { return nil }
        return Self.days(year: year, month: month, day: day) * Self.secondsOfDay
            + Int64(hour * 3_600 + minute * 60 + second)
    }

    private static func days(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 for years 0…9999. The year is counted from March, so that the leap day is its last and
    /// the lengths of the months before it follow one line: (153 m + 2) / 5.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let year = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let leapDays = year / 4 - year / 100 + year / 400
        return Int64(year * 365 + leapDays + dayOfYear - 719_468)
    }
}
