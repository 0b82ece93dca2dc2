/// What a transaction has to bring up to date before it ends, each record once however many calls touched it.
///
/// A value; the committer thread's.
struct PendingWork {
    /// Persons met, with the earliest and the latest time they were seen at.
    private(set) var seen: [Int64: (first: Instant, last: Instant)] = [:]
    /// Persons whose events changed hands: their first and last times are looked up.
    var recounted: Set<Int64> = []
    /// Persons whose summary traits or identities changed, with their account.
    var summaries: [Int64: Account] = [:]
    /// Companies whose traits changed.
    var companies: Set<Int64> = []
    /// Companies that lost somebody and may be nobody's now.
    var deserted: Set<Int64> = []
    /// What each source sent.
    var sources: [SourceKey: SourceCounts] = [:]
    /// Ids that stood for nobody, by source and value.
    var ignoredIDs: [IgnoredKey: IgnoredCounts] = [:]
    /// What the tracked events add to the use of features.
    var uses = UsageTally()
    /// The open usage set of each account that was met; nil for an account without one.
    var usageSets: [Int64: Int64?] = [:]

    mutating func saw(person: Int64, at time: Instant) {
        let (first, last) = self.seen[person] ?? (time, time)
        self.seen[person] = (min(first, time), max(last, time))
    }

    /// The person is no more.
    mutating func forget(person: Int64) {
        self.seen[person] = nil
        self.recounted.remove(person)
        self.summaries[person] = nil
    }
}
