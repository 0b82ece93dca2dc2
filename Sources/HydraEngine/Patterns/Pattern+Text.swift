import HydraPatterns

/// What a label says in a sentence. Features are not named: the label does that.
extension Pattern {
    var text: String {
        let evidence = self.evidence
        switch self.kind {
        case .powerUser:
            return """
                \(self.count("uses")) uses in \(self.count("days")) days, where \(self.count("usesToExpect")) were to be \
                expected from everything else this person did: \(self.factor) as many (\(self.interval)). The other \
                \(evidence.comparison.size) users have \(Self.text(evidence.comparison.value)) on average.
                """
        case .struggling:
            return """
                \(self.count("negative")) of \(self.count("uses")) uses in \(self.count("days")) days were negative; of \
                everyone else's \(Self.percent(evidence.comparison.value)) were: \(self.factor) as often \
                (\(self.interval)).
                """
        case .goneQuiet:
            return """
                Silent for \(self.count("silentDays")) days. Before, there were \(Self.text(evidence.comparison.value)) \
                days from one active day to the next on average, and \(self.count("longestGapBefore")) at most.
                """
        case .rising, .falling:
            // Who joined a company in between is left out: that would be another kind of growth.
            let who = if case .company = self.subject { " by the persons who were with it before" } else { "" }
            return """
                \(self.count("uses")) uses\(who) in \(self.count("days")) days, after \(self.count("usesBefore")) in the \
                \(self.count("days")) days before: \(self.factor) as many (\(self.interval)).
                """
        case .adoptsAfter:
            return """
                \(self.count("followedWithSecond")) of \(self.count("startedWithFirst")) who started with the first \
                started with the second within \(self.count("withinDays")) days; \
                \(Self.text(evidence.comparison.value)) would have anyway. The odds are \(self.factor) as high \
                (\(self.interval)). The two are associated; nothing says that one causes the other.
                """
        case .spread, .concentrated:
            return """
                \(self.count("persons")) of the \(self.count("activePersons")) persons who were active in the last \
                \(self.count("days")) days use it; of everyone else \(Self.percent(evidence.comparison.value)) do: \
                \(self.factor) as many (\(self.interval)).
                """
        }
    }

    private func count(_ name: String) -> String {
        self.evidence.counts.first { $0.name == name }.map { Self.text($0.value) } ?? "?"
    }

    private var factor: String {
        let value = self.evidence.effect.ratio.value
        return value.isFinite ? "\(Self.text(value)) times" : "many times"
    }

    private var interval: String {
        let ratio = self.evidence.effect.ratio
        return "95 % interval \(Self.text(ratio.low)) to \(ratio.high.isFinite ? Self.text(ratio.high) : "any")"
    }

    private static func percent(_ share: Double) -> String { "\(self.text(share * 100)) %" }

    /// Whole numbers as such, small ones with one decimal or two.
    private static func text(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "?" }
        if value == value.rounded() || value >= 100 { return "\(Int64(value.rounded()))" }
        let digits: Double = value < 1 ? 100 : 10
        let scaled = Int64((value * digits).rounded())
        let fraction = scaled % Int64(digits)
        let padding = digits == 100 && fraction < 10 ? "0" : ""
        return "\(scaled / Int64(digits)).\(padding)\(fraction)"
    }
}
