import HydraEngine

/// Points in time for people to read: in UTC, which the script in the page turns into the reader's zone.
enum Moments {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// For the partial `moment`.
    ///
    /// - Parameter text: ISO 8601 as the API writes it.
    static func fields(_ text: String?, now: Instant) -> Fields? {
        guard let text, let instant = Instant(parsing: text) else { return nil }
        let iso = instant.iso8601
        let day = self.day(iso)
        let clock = String(iso.dropFirst(11).prefix(5))
        return [
            "iso": iso,
            "utc": "\(day), \(iso.dropFirst(11).prefix(8)) UTC",
            "text": "\(day), \(clock) UTC",
            "ago": self.ago(instant, now: now),
        ]
    }

    /// `24 Nov 2026` of `2026-11-24…`.
    static func day(_ iso: String) -> String {
        let year = iso.prefix(4)
        return "\(self.shortDay(iso)) \(year)"
    }

    /// `24 Nov` of `2026-11-24…`.
    static func shortDay(_ iso: String) -> String {
        let parts = iso.prefix(10).split(separator: "-")
        guard parts.count == 3, let month = Int(parts[1]), (1...12).contains(month), let day = Int(parts[2]) else {
            return String(iso.prefix(10))
        }
        return "\(day) \(self.months[month - 1])"
    }

    /// How long ago, roughly: the same in all zones.
    static func ago(_ instant: Instant, now: Instant) -> String {
        let seconds = (now.milliseconds &- instant.milliseconds) / 1000
        let size = seconds.magnitude
        let text: String
        switch size {
        case ..<60: return "just now"
        case ..<3600: text = "\(size / 60) min"
        case ..<86_400: text = "\(size / 3600) h"
        case ..<(86_400 * 60): text = size / 86_400 == 1 ? "1 day" : "\(size / 86_400) days"
        case ..<(86_400 * 730): text = "\(size / (86_400 * 30)) months"
        default: text = "\(size / (86_400 * 365)) years"
        }
        return seconds < 0 ? "in \(text)" : "\(text) ago"
    }
}
