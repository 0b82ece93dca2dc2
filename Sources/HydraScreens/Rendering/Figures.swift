import Glibc

/// Numbers in units that can be read at a glance.
enum Figures {
    /// Between thousands, and before a unit: does not break.
    private static let space = "\u{202f}"

    /// `999`, `1.2 k`, `12 k`, `3.4 M`.
    static func short(_ value: Int64) -> String {
        let size = Double(value.magnitude)
        guard size >= 1000 else { return "\(value)" }
        let sign = value < 0 ? "−" : ""
        // 999,950 and more would be shown as 1000 k.
        for (unit, name) in [(1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T")] where size < unit * 999.5 {
            let scaled = size / unit
            return sign + self.decimal(scaled, places: scaled < 9.95 ? 1 : 0) + self.space + name
        }
        return sign + self.decimal(size / 1e15, places: 0) + self.space + "P"
    }

    /// All digits, in groups.
    static func full(_ value: Int64) -> String {
        var digits = Array(String(value.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(Character(self.space), at: place)
            place -= 3
        }
        return (value < 0 ? "−" : "") + String(digits)
    }

    /// So many places at most, without zeros at the end.
    static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return "∞" }
        let size = abs(value)
        guard size < 1e12 else { return value < 0 ? "−∞" : "∞" }
        let factor = pow(10, Double(places))
        let scaled = Int64((size * factor).rounded())
        let whole = scaled / Int64(factor)
        var fraction = String(scaled % Int64(factor))
        fraction = String(repeating: "0", count: max(0, places - fraction.count)) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let isNegative = value < 0 && scaled != 0
        return (isNegative ? "−" : "") + self.full(whole) + (fraction.isEmpty || places == 0 ? "" : "." + fraction)
    }

    /// With a plus sign where it is positive.
    static func signed(_ value: Double) -> String {
        (value > 0 ? "+" : "") + self.decimal(value, places: 1)
    }

    static func percent(_ share: Double) -> String {
        self.decimal(share * 100, places: 0) + self.space + "%"
    }

    /// A probability: `0.03`, `2 × 10⁻⁷`.
    static func probability(_ value: Double) -> String {
        guard value > 0 else { return "less than 10⁻³⁰⁰" }
        guard value < 0.001 else { return self.decimal(value, places: 3) }
        let exponent = Int(floor(log10(value)))
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        let raised = String(-exponent).compactMap { $0.wholeNumberValue.map { digits[$0] } }
        return self.decimal(value / pow(10, Double(exponent)), places: 0) + " × 10⁻" + String(raised)
    }
}
