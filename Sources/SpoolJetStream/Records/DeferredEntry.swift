/// What a ledger keeps about a deferred call; the call itself stays in its stream.
///
/// A plain value; safe on any thread.
struct DeferredEntry: Sendable, Equatable {
    var lane: Int64
    /// Index into the ledger's sources.
    var source: Int
    /// The length of the call's body.
    var size: Int
    var attempts = 0
    var firstAttemptAt: Int64?
    var notBefore: Int64 = 0
}
