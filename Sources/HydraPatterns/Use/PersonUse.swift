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
}
