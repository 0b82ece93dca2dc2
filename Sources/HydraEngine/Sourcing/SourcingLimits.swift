/// How often the network is asked.
enum SourcingLimits {
    /// Lookups over all accounts; each is one domain.
    static let lookupsASecond = 1.0
    /// Lookups that may begin at once after a pause.
    static let burst = 3.0
    /// Lookups on their way: one that waits for a slow server does not hold up the others.
    static let concurrency = 4
    /// Milliseconds after which a source is asked again: a week.
    static let freshness: Int64 = 7 * 86_400_000
    /// After failures: an hour, doubled with each, a day at most.
    static let firstRetry: Int64 = 3_600_000
    static let lastRetry: Int64 = 86_400_000
    /// What was found is shown so long although the source has failed since.
    static let shownWhileFailing: Int64 = 30 * 86_400_000
    /// Due rows that are looked through for the next lookup.
    static let rows = 64
    /// Characters of an error that are kept.
    static let errorCharacters = 500

    static func retry(afterFailures failures: Int64) -> Int64 {
        let doublings = min(max(failures - 1, 0), 10)
        return min(self.firstRetry << doublings, self.lastRetry)
    }
}
