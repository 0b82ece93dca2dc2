/// What times from outside are believed: the gateway and Hydra ask the same questions of them.
///
/// Milliseconds since 1970, so that each side keeps its own type of time. Stateless; any thread.
package enum EventTime {
    private static let day: Int64 = 86_400_000

    /// How far a clock may run ahead of the receipt before what it says is no longer believed: phones and servers that
    /// set their clocks by the network stay well within.
    package static let allowance: Int64 = 300_000

    /// 1990-01-01T00:00:00Z. No product was used over the web before, but what clocks and programs say while they know
    /// no time lies there: the zero times of Go and .NET (year 1, whatever the time zone), of Windows (1601, 1899), of
    /// the old Mac (1904), of Unix and PHP (1970), of DOS and GPS (1980).
    package static let earliest: Int64 = 631_152_000_000

    /// Zero times after ``earliest``: of clock chips (2000-01-01) and of Apple's Foundation (2001-01-01), both UTC.
    private static let laterZeros: [Int64] = [946_684_800_000, 978_307_200_000]

    /// Whether a time stands for none: some clock's or program's zero.
    package static func isUnset(_ milliseconds: Int64) -> Bool {
        milliseconds < self.earliest || self.laterZeros.contains(milliseconds)
    }

    /// Whether a time lies further ahead of the receipt than a clock may run.
    package static func isAhead(_ milliseconds: Int64, of receivedAt: Int64) -> Bool {
        let (lead, overflows) = milliseconds.subtractingReportingOverflow(receivedAt)
        return overflows ? milliseconds > receivedAt : lead > self.allowance
    }

    /// Whether `sentAt` tells how wrong the sender's clock is.
    ///
    /// Up to a day of difference is believed. Beyond, a second time by the same clock must agree: of an event that
    /// happened closer to `sentAt` than to the receipt, both are wrong by the same, and the difference corrects it. A right
    /// time beside a `sentAt` of 1970 or 2099 is left as it is.
    package static func isSentAtCredible(_ sentAt: Int64, original: Int64, receivedAt: Int64) -> Bool {
        guard !self.isUnset(sentAt) else { return false }
        return self.distance(sentAt, receivedAt) <= UInt64(self.day)
            || self.distance(original, sentAt) < self.distance(original, receivedAt)
    }

    private static func distance(_ left: Int64, _ right: Int64) -> UInt64 {
        left > right ? UInt64(bitPattern: left &- right) : UInt64(bitPattern: right &- left)
    }
}
