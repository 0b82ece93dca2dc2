/// The `Retry-After` header of RFC 9110, section 10.2.3: seconds, or a date.
package enum RetryAfter {
    /// The longest wait that is obeyed: 24 hours. What asks for more is taken for a mistake and ignored, because it
    /// would hold a person's calls longer than any outage.
    package static let maximum: Duration = .seconds(86_400)

    /// How long to wait.
    ///
    /// - Parameters:
    ///   - header: the header's value; spaces and tabs around it do not count.
    ///   - now: seconds since 1970, to which a date is relative.
    /// - Returns: nil if there is nothing to obey: no header; neither a whole number nor a date in one of HTTP's three
    ///   forms (so a negative number or a fraction); a date that is past; more than ``maximum``.
    package static func parse(_ header: String?, now: Int64) -> Duration? {
        guard let header else { return nil }
        let text = header.utf8.drop(while: Self.isBlank).reversed().drop(while: Self.isBlank).reversed()
        guard let first = text.first else { return nil }
        let seconds: Int64
        if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            guard let number = HTTPDate.number(text, digits: 1...18) else { return nil }
            seconds = Int64(number)
        } else {
            guard let date = HTTPDate.parse(text, now: now) else { return nil }
            let (difference, overflow) = date.subtractingReportingOverflow(now)
            guard !overflow else { return nil }
            seconds = difference
        }
        let wait = Duration.seconds(seconds)
        return seconds >= 0 && wait <= Self.maximum ? wait : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
