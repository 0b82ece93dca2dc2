/// Durations as people write them: `500ms`, `30s`, `1h30m`, `7d`. Pure.
enum DurationText {
    private static let units: [(String, Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// A sum of whole numbers with units; nil for anything else, also for a number without a unit but 0, which could
    /// mean anything.
    static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = text[...]
        var milliseconds: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits) else { return nil }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { $0.isLetter }
            rest = rest[unit.endIndex...].drop { $0 == " " }
            guard let factor = self.units.first(where: { $0.0 == unit })?.1 else { return nil }
            let (product, productOverflow) = number.multipliedReportingOverflow(by: factor)
            let (sum, sumOverflow) = milliseconds.addingReportingOverflow(product)
            guard !productOverflow, !sumOverflow else { return nil }
            milliseconds = sum
        }
        return .milliseconds(milliseconds)
    }

    /// The largest unit that leaves a whole number, days not used below two.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0" }
        for (name, factor) in self.units.reversed()
        where milliseconds % factor == 0 && milliseconds >= factor * (name == "d" ? 4 : 1) {
            return "\(milliseconds / factor)\(name)"
        }
        return "\(milliseconds)ms"
    }
}
