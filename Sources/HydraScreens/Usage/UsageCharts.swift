import HydraEngine
import JSON

/// The two charts of a person or a company: each is a table that the script in the page draws.
///
/// Lives while one page is made.
struct UsageCharts {
    /// Features that the chart draws; the table has all.
    private static let drawn = 10
    /// Days or weeks that are shown: the newest. More could not be told apart.
    private static let steps = 400
    private static let windows = ["7", "30", "90", "all"]

    private let path: String
    private let page: String
    private let visit: Visit
    private let days: String
    private let by: String

    /// - Parameters:
    ///   - path: of the record in the API.
    ///   - page: of the page that shows it.
    init(path: String, page: String, _ visit: Visit) {
        self.path = path
        self.page = page
        self.visit = visit
        let days = visit.query.trimmed("days")
        self.days = Self.windows.contains(days) ? days : "30"
        let by = visit.query.trimmed("by")
        let isLong = self.days == "90" || self.days == "all"
        self.by = ["day", "week"].contains(by) ? by : isLong ? "week" : "day"
    }

    private func address(days: String, by: String?) -> String {
        LocalURL.make(self.page, ["days": days == "30" && by == nil ? nil : days, "by": by]) + "#use"
    }

    private var windowLinks: [Fields] {
        Self.windows.map { days in
            [
                "address": self.address(days: days, by: nil), "text": days == "all" ? "All" : "\(days) days",
                "isCurrent": days == self.days,
            ]
        }
    }

    /// Top features.
    func features() -> Fields {
        let reply = self.visit.api.get("\(self.path)/features", [("days", self.days)])
        guard reply.isSuccess, let root = reply.root else { return ["problem": reply.message] }
        let most = reply.items.reduce(Int64(1)) { max($0, $1.integer("uses") ?? 0) }
        let rows = reply.items.enumerated().map { place, item -> Fields in
            var row = Self.counts(item)
            row["feature"] = item.text("feature") ?? ""
            row["weighted"] = Figures.decimal(item.number("weighted") ?? 0, places: 1)
            row["last"] = Moments.day(item.text("lastUsedOn") ?? "")
            row["isDrawn"] = place < Self.drawn
            row["bar"] = Self.bar(item, most: most)
            return row
        }
        let others = root["otherFeatures"]
        let otherCount = others?.integer("count") ?? 0
        return Fields(known: [
            "windows": self.windowLinks,
            "rows": rows,
            "hasRows": !rows.isEmpty,
            "isCut": rows.count > Self.drawn,
            "drawn": Self.drawn,
            "others": otherCount > 0
                ? "and \(Words.count(otherCount, "more feature", "more features")) with \(Figures.short(others?.integer("uses") ?? 0)) uses"
                : nil,
            "message": root.text("message"),
            "isWithoutScanner": root["scanner"]?.isNull ?? true,
            "weights": root.present("weights").map { weights in
                [
                    "negative": Figures.signed(weights.number("negative") ?? 0),
                    "neutral": Figures.signed(weights.number("neutral") ?? 0),
                    "positive": Figures.signed(weights.number("positive") ?? 0),
                ] as Fields
            },
            "span": Self.span(root),
        ])
    }

    /// Usage trend, with the period before.
    func usage() -> Fields {
        let reply = self.visit.api.get("\(self.path)/usage", [("days", self.days), ("by", self.by)])
        guard reply.isSuccess, let root = reply.root else { return ["problem": reply.message] }
        let before = root.present("before")
        // Step for step beside the period: weeks begin on Mondays, so the two are laid together from their ends.
        var earlier: [JSONValue] = []
        if let until = before?.text("until") {
            earlier =
                self.visit.api.get("\(self.path)/usage", [("days", self.days), ("by", self.by), ("until", until)]).items
        }
        let all = reply.items
        let items = Array(all.suffix(Self.steps))
        let most = items.reduce(Int64(1)) { max($0, $1.integer("uses") ?? 0) }
        let rows = items.enumerated().map { place, item -> Fields in
            var row = Self.counts(item)
            let from = item.text("from") ?? ""
            row["label"] = Moments.shortDay(from)
            row["day"] = from
            row["bar"] = Self.bar(item, most: most)
            let place = earlier.count - items.count + place
            if earlier.indices.contains(place) {
                let uses = earlier[place].integer("uses") ?? 0
                row["before"] = "\(uses)"
            }
            return row
        }
        let total = root["total"]
        let uses = total?.integer("uses") ?? 0
        let trend = root["trend"]
        return Fields(known: [
            "windows": self.windowLinks,
            "steps": ["day", "week"].map { step -> Fields in
                [
                    "address": self.address(days: self.days, by: step), "text": "By \(step)",
                    "isCurrent": step == self.by,
                ]
            },
            "step": self.by == "week" ? "Week from" : "Day",
            "rows": rows,
            "hasRows": !rows.isEmpty && (uses > 0 || (before?.integer("uses") ?? 0) > 0),
            "hasBefore": before != nil,
            "cut": all.count > items.count ? "The newest \(Self.steps) are shown." : nil,
            "message": root.text("message"),
            "isWithoutScanner": root["scanner"]?.isNull ?? true,
            "uses": Figures.short(uses),
            "usesFull": Figures.full(uses),
            "usesWord": uses == 1 ? "use" : "uses",
            "usesBefore": before?.integer("uses").map { Figures.short($0) },
            "spanBefore": before.map { Self.span($0) },
            "span": Self.span(root),
            // False rather than absent: a template would look on outside, and find the person's.
            "trend": Words.trend(trend?.text("direction")) ?? false,
            "sentence": before == nil ? nil : trend?.text("text"),
        ])
    }

    private static func span(_ window: JSONValue) -> String {
        guard let from = window.text("from"), let until = window.text("until") else { return "all days" }
        return "\(Moments.shortDay(from)) to \(Moments.day(until))"
    }

    private static func counts(_ item: JSONValue) -> Fields {
        var fields: Fields = [:]
        for (name, key) in [
            ("negative", "negative"), ("neutral", "neutral"), ("positive", "positive"), ("uses", "uses"),
        ]
            as [(String, StaticString)]
        {
            fields[name] = "\(item.integer(key) ?? 0)"
        }
        return fields
    }

    /// A bar in a row of the table, as percentages of its box: seen without any script.
    private static func bar(_ item: JSONValue, most: Int64) -> Fields {
        func share(_ key: StaticString) -> Double { Double(item.integer(key) ?? 0) / Double(most) * 100 }
        let negative = share("negative")
        let neutral = share("neutral")
        let positive = share("positive")
        func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
        return [
            "positive": text(positive), "neutral": text(neutral), "negative": text(negative),
            "neutralX": text(positive), "negativeX": text(positive + neutral),
        ]
    }
}
