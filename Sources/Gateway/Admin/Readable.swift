/// Numbers, sizes and durations for people. Stateless.
enum Readable {
    /// `1.5 GiB`.
    static func bytes(_ count: Int64) -> String {
        var value = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if abs(value) < 1_024 { return unit == "B" ? "\(count) B" : "\(self.oneDecimal(value)) \(unit)" }
            value /= 1_024
        }
        return "\(self.oneDecimal(value)) TiB"
    }

    /// `2 d 3 h`, the two largest units.
    static func duration(seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(max(0, seconds)) s"
        case ..<3_600: "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
        default: "\(seconds / 86_400) d \(seconds % 86_400 / 3_600) h"
        }
    }

    /// `35 ms`, `2.4 s`, then as ``duration(seconds:)``.
    static func milliseconds(_ count: Int64) -> String {
        switch count {
        case ..<1_000: "\(max(0, count)) ms"
        case ..<60_000: "\(self.oneDecimal(Double(count) / 1_000)) s"
        default: self.duration(seconds: count / 1_000)
        }
    }

    /// `12,345`; from a million on `1.2 M`.
    static func count(_ count: UInt64) -> String {
        switch count {
        case ..<1_000: return String(count)
        case ..<1_000_000:
            let rest = String(count % 1_000)
            return "\(count / 1_000)," + String(repeating: "0", count: 3 - rest.utf8.count) + rest
        case ..<1_000_000_000: return "\(self.oneDecimal(Double(count) / 1_000_000)) M"
        default: return "\(self.oneDecimal(Double(count) / 1_000_000_000)) G"
        }
    }

    /// The same for a count that cannot be negative.
    static func count(_ count: Int) -> String { self.count(UInt64(clamping: count)) }

    /// `0.3/s`, `1,234/s`.
    static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite, perSecond > 0 else { return "0/s" }
        return perSecond < 10 ? "\(self.oneDecimal(perSecond))/s" : "\(self.count(UInt64(perSecond.rounded())))/s"
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
