import GRDB
import HydraScanners
import JSON

/// Answers about use.
extension Records {
    /// Features of an answer, at most; the others are counted in `otherFeatures`.
    static let maximumFeatures = 100
    /// Days or weeks of an answer, at most: the newest.
    static let maximumBuckets: Int64 = 3660

    /// Features by weighted use: the top features chart.
    func features(of subject: UsageSubject, in window: UsageWindow) throws -> [UInt8] {
        let source = try UsageSource.of(self.account, in: self.db)
        var features: [(feature: UsageReader.Feature, weighted: Double)] = []
        if let source {
            let reader = UsageReader(db: self.db, usageSet: source.usageSet)
            features = try reader.features(of: subject, in: window)
                .filter { !source.ignores($0.name) }
                .map { ($0, source.weights.weighted($0.counts)) }
        }
        features.sort { left, right in
            if left.weighted != right.weighted { return left.weighted > right.weighted }
            if left.feature.counts.uses != right.feature.counts.uses {
                return left.feature.counts.uses > right.feature.counts.uses
            }
            return left.feature.name.utf8.lexicographicallyPrecedes(right.feature.name.utf8)
        }
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        self.writeHead(source, window, into: &writer)
        writer.key("items")
        writer.beginArray()
        for (feature, weighted) in features.prefix(Self.maximumFeatures) {
            writer.beginObject()
            writer.member("feature", feature.name)
            Self.write(feature.counts, weighted: weighted, into: &writer)
            writer.member("lastUsedOn", feature.lastDay.text)
            writer.endObject()
        }
        writer.endArray()
        let others = features.dropFirst(Self.maximumFeatures)
        writer.key("otherFeatures")
        writer.beginObject()
        writer.member("count", others.count)
        writer.member("uses", others.reduce(Int64(0)) { $0 &+ $1.feature.counts.uses })
        writer.endObject()
        writer.member("message", optional: Self.message(source, isEmpty: features.isEmpty))
        writer.nullMember("nextCursor")
        writer.endObject()
        return writer.bytes
    }

    /// Use over time with the trend against the period before: the usage trend chart.
    func usage(
        of subject: UsageSubject,
        in window: UsageWindow,
        by step: UsageStep,
        now: Instant
    ) throws -> [UInt8] {
        let source = try UsageSource.of(self.account, in: self.db)
        var days: [(day: UsageDay, counts: UseCounts)] = []
        var before = UseCounts()
        if let source {
            let reader = UsageReader(db: self.db, usageSet: source.usageSet)
            days = try reader.days(of: subject, in: window)
            if let earlier = window.before {
                for (_, counts) in try reader.days(of: subject, in: earlier) { before.add(counts) }
            }
        }
        var total = UseCounts()
        for (_, counts) in days { total.add(counts) }
        let first = window.from ?? days.first?.day ?? window.until
        var writer = JSONWriter(reserving: 4096)
        writer.beginObject()
        writer.member("by", step.rawValue)
        self.writeHead(source, window, into: &writer)
        let weights = source?.weights ?? UsageWeights()
        writer.key("items")
        writer.beginArray()
        Self.writeBuckets(days, from: first, until: window.until, by: step, weights: weights, into: &writer)
        writer.endArray()
        writer.key("total")
        writer.beginObject()
        Self.write(total, weighted: weights.weighted(total), into: &writer)
        writer.endObject()
        writer.key("before")
        if let earlier = window.before, let from = earlier.from {
            writer.beginObject()
            writer.member("from", from.text)
            writer.member("until", earlier.until.text)
            Self.write(before, weighted: weights.weighted(before), into: &writer)
            writer.endObject()
        } else {
            writer.null()
        }
        Self.write(self.trend(window, total: total, before: before, now: now), into: &writer)
        writer.member("message", optional: Self.message(source, isEmpty: days.isEmpty))
        writer.nullMember("nextCursor")
        writer.endObject()
        return writer.bytes
    }

    /// Of a day that is not over, only the part that has passed counts as time in which something could be used.
    private func trend(_ window: UsageWindow, total: UseCounts, before: UseCounts, now: Instant) -> UsageTrend {
        guard let days = window.days else { return UsageTrend(now: 0, before: 0, days: 1, daysBefore: 1) }
        var length = Double(days)
        if UsageDay(now) == window.until {
            let passed = Double(now.milliseconds &- window.until.start.milliseconds)
            length -= 1 - passed / Double(UsageDay.millisecondsPerDay)
        }
        return UsageTrend(now: total.uses, before: before.uses, days: max(length, 0.01), daysBefore: Double(days))
    }

    private func writeHead(_ source: UsageSource?, _ window: UsageWindow, into writer: inout JSONWriter) {
        if let days = window.days { writer.member("days", days) } else { writer.nullMember("days") }
        writer.member("from", optional: window.from?.text)
        writer.member("until", window.until.text)
        writer.member("scanner", optional: source?.scanner)
        writer.key("weights")
        guard let weights = source?.weights else { return writer.null() }
        writer.beginObject()
        writer.member("negative", weights.negative)
        writer.member("neutral", weights.neutral)
        writer.member("positive", weights.positive)
        writer.endObject()
    }

    private static func write(_ counts: UseCounts, weighted: Double, into writer: inout JSONWriter) {
        writer.member("negative", counts.negative)
        writer.member("neutral", counts.neutral)
        writer.member("positive", counts.positive)
        writer.member("uses", counts.uses)
        writer.member("weighted", weighted)
    }

    private static func write(_ trend: UsageTrend, into writer: inout JSONWriter) {
        writer.key("trend")
        writer.beginObject()
        writer.member("direction", trend.direction.rawValue)
        writer.member("isSupported", trend.isSupported)
        for (key, value) in [("ratio", trend.ratio), ("low", trend.low), ("high", trend.high)] {
            writer.key(string: key)
            // Three decimals are more than the counts support.
            if let value { writer.value((value * 1000).rounded() / 1000) } else { writer.null() }
        }
        writer.member("confidence", UsageTrend.confidence)
        writer.member("text", trend.text)
        writer.endObject()
    }

    /// One item for each day or week, those without use too.
    private static func writeBuckets(
        _ days: [(day: UsageDay, counts: UseCounts)],
        from first: UsageDay,
        until last: UsageDay,
        by step: UsageStep,
        weights: UsageWeights,
        into writer: inout JSONWriter
    ) {
        guard first <= last else { return }
        let width = step.days
        var start = step.start(of: first)
        let count = (last.number &- start.number) / width &+ 1
        if count > Self.maximumBuckets { start = start.adding((count &- Self.maximumBuckets) &* width) }
        var rest = days[...]
        rest = rest.drop { $0.day < start }
        while start <= last {
            let end = start.adding(width)
            var counts = UseCounts()
            while let next = rest.first, next.day < end {
                counts.add(next.counts)
                rest = rest.dropFirst()
            }
            writer.beginObject()
            writer.member("from", start.text)
            self.write(counts, weighted: weights.weighted(counts), into: &writer)
            writer.endObject()
            start = end
        }
    }

    private static func message(_ source: UsageSource?, isEmpty: Bool) -> String? {
        guard let source else {
            return """
                There is no product usage scanner yet, so tracked events are kept but not counted. Create one of the \
                kind product_usage; it can take in the past.
                """
        }
        if !source.isEnabled {
            return "The product usage scanner is switched off: what happens meanwhile is not counted."
        }
        if isEmpty {
            return "No use in these days. Tracked events count when their properties name a `feature`."
        }
        return nil
    }
}
