import HydraPatterns

/// On which days an identity was active, and when it first used each feature: its whole past in a few bytes.
///
/// A value; any thread.
struct UseHistory: Equatable, Sendable {
    /// Days that are remembered, at most: the newest. Ten years of every day.
    static let maximumDays = 3660
    /// Features of one identity that are remembered, at most: the first ones.
    static let maximumFeatures = 1000

    /// Ascending, each once.
    private(set) var days: [Int32] = []
    /// In the order of their first use.
    private(set) var firstUses: [PersonUse.FirstUse] = []

    init() {}

    /// Forgets a day and all after it: they are to be read again.
    mutating func forget(from day: Int32) {
        self.days.removeAll { $0 >= day }
        self.firstUses.removeAll { $0.day >= day }
    }

    /// - Parameter uses: of days after all that are known, by day.
    mutating func append(_ uses: some Sequence<(day: Int32, feature: Int64)>) {
        var known = Set(self.firstUses.map(\.feature))
        for (day, feature) in uses {
            if self.days.last != day { self.days.append(day) }
            guard known.count < Self.maximumFeatures, known.insert(feature).inserted else { continue }
            self.firstUses.append(PersonUse.FirstUse(feature: feature, day: day))
        }
        if self.days.count > Self.maximumDays { self.days.removeFirst(self.days.count - Self.maximumDays) }
    }

    // MARK: As bytes

    /// Every number as the difference to the one before, seven bits a byte: about one byte a day.
    var bytes: [UInt8] {
        var writer = VariableIntegers.Writer()
        writer.append(Int64(self.days.count))
        var last: Int64 = 0
        for day in self.days {
            writer.append(Int64(day) - last)
            last = Int64(day)
        }
        writer.append(Int64(self.firstUses.count))
        for use in self.firstUses {
            writer.append(use.feature)
            writer.append(Int64(use.day))
        }
        return writer.bytes
    }

    /// - Returns: nil if these bytes are none of ours.
    init?(bytes: [UInt8]) {
        var reader = VariableIntegers.Reader(bytes)
        guard let dayCount = reader.next(), dayCount >= 0, dayCount <= Self.maximumDays else { return nil }
        var last: Int64 = 0
        for _ in 0..<dayCount {
            guard let step = reader.next() else { return nil }
            let sum = last.addingReportingOverflow(step)
            guard !sum.overflow, let day = Int32(exactly: sum.partialValue) else { return nil }
            last = sum.partialValue
            self.days.append(day)
        }
        guard let featureCount = reader.next(), featureCount >= 0, featureCount <= Self.maximumFeatures else {
            return nil
        }
        for _ in 0..<featureCount {
            guard let feature = reader.next(), let number = reader.next(), let day = Int32(exactly: number) else {
                return nil
            }
            self.firstUses.append(PersonUse.FirstUse(feature: feature, day: day))
        }
        guard reader.isAtEnd else { return nil }
    }
}
