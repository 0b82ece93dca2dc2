/// What the patterns' tests know of one person's use. Days are whole UTC days since 1970, features and persons are the
/// caller's numbers.
///
/// A value; any thread.
package struct PersonUse: Sendable {
    package let person: Int64
    package let company: Int64?
    /// Days with any use, ascending, each once; the whole past.
    package var activeDays: [Int32]
    /// The first day of each feature ever used.
    package var firstUses: [FirstUse]
    /// What was used lately (``PatternWindows``).
    package var recent: [RecentUse]
    /// Uses of all features by week, the latest last: ``PatternWindows/weeks`` of them.
    package var weeks: [Int64]
    /// How bursty it is, where that is not the person's own: see ``burstiness(asOf:)``.
    var groupBurstiness: Double?

    package struct FirstUse: Hashable, Sendable {
        package let feature: Int64
        package let day: Int32

        package init(feature: Int64, day: Int32) {
            self.feature = feature
            self.day = day
        }
    }

    package struct RecentUse: Sendable {
        package let feature: Int64
        /// In the last ``PatternWindows/recentDays``.
        package var recentUses: Int64
        /// In the last ``PatternWindows/longDays``.
        package var longUses: Int64
        package var longNegatives: Int64

        package init(feature: Int64, recentUses: Int64 = 0, longUses: Int64 = 0, longNegatives: Int64 = 0) {
            self.feature = feature
            self.recentUses = recentUses
            self.longUses = longUses
            self.longNegatives = longNegatives
        }
    }

    package init(
        person: Int64,
        company: Int64?,
        activeDays: [Int32],
        firstUses: [FirstUse],
        recent: [RecentUse],
        weeks: [Int64]
    ) {
        self.person = person
        self.company = company
        self.activeDays = activeDays
        self.firstUses = firstUses
        self.recent = recent
        self.weeks = weeks
    }
    /// The variance that a week's uses must have at least, as a multiple of a Poisson count's: use comes on some days
    /// and not on others, several at a time.
    ///
    /// With active days by chance at a share `c`, and `m` uses on each: 1 + m (1 - c).
    func burstiness(asOf: Int32) -> Double {
        if let known = self.groupBurstiness { return known }
        let span = Int32(PatternWindows.weeks * 7)
        let start = PatternWindows.start(span, asOf: asOf)
        let days = self.activeDays.count { $0 >= start && $0 <= asOf }
        guard days > 0 else { return 1 }
        let uses = Double(self.weeks.reduce(0, &+))
        return 1 + max(0, uses / Double(days) * (1 - Double(days) / Double(span)))
    }
}
