/// Sizes as people write them: `10GiB`, `512 KiB`, `1048576`. Pure.
enum SizeText {
    private static let units: [(String, Int64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("KB", 1000), ("B", 1),
    ]

    /// Bytes; nil for anything else than a whole number with or without a unit, and for what does not fit.
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "_" }
        guard let number = Int64(digits.filter { $0 != "_" }) else { return nil }
        let unit = text[digits.endIndex...].drop { $0 == " " }
        if unit.isEmpty { return number }
        guard let factor = self.units.first(where: { $0.0 == unit })?.1 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    /// The largest binary unit that leaves a whole number.
    static func format(_ bytes: Int64) -> String {
        for (name, factor) in self.units.prefix(4) where bytes >= factor && bytes % factor == 0 {
            return "\(bytes / factor)\(name)"
        }
        return "\(bytes)"
    }
}
