/// What one request may ask, as the contract says it. What a call may be stands in `CallLimits`, which the gateway
/// reads too.
package enum EngineLimits {
    /// Items of a page, at most and unless said otherwise.
    package static let pageItems = 200
    package static let defaultPageItems = 50
    /// Characters of the text in `q`.
    package static let searchCharacters = 200
    /// Characters of an `X-Request-Id`.
    package static let requestIDCharacters = 128
    /// Seconds after which a caller should try again while the disk cannot take calls.
    package static let retryAfterSeconds = 5
    /// Traits of one call: a thousand are rows enough for a person, and a megabyte could have 170,000.
    package static let traits = 10_000
    /// Bytes of a single call that is read on the thread that received it: reading takes less than waiting its turn.
    static let quickBytes = 64 << 10
    /// What one account may have at the committer, and what of a batch is one transaction; see ``IncomingCall/cost``.
    static let callShare = 1_000
    /// Calls of one transaction: bounds what a group commit holds in memory and how long readers' snapshots age.
    static let transactionCalls = 20_000
    /// Identities that the committer remembers; 100 bytes each.
    static let cachedIdentities = 200_000
}
