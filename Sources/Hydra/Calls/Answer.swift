/// What became of one call: everything the relay needs to decide what comes next.
///
/// A value; any thread.
package enum Answer: Sendable, Equatable {
    /// Hydra has it, or had it already. Settle.
    case done(status: Int)

    /// Hydra will never take this call, however often it is sent. To the dead letters.
    ///
    /// - Parameters:
    ///   - code: Hydra's `code` if it gave one, else `http_<status>`; at most 64 characters.
    ///   - message: what Hydra said, without line breaks, shortened; never part of the call. It may quote the event:
    ///     it belongs into the dead-letter store, not into a log.
    case refused(status: Int, code: String, message: String)

    /// The API key is not accepted: nothing that is sent with it can succeed. Pause the key and probe.
    case unauthorized(status: Int, message: String)

    /// Try later.
    ///
    /// - Parameters:
    ///   - status: nil if there was no (complete) answer.
    ///   - reason: one of a bounded set of words, fit for a metric's label and for a log; see ``RetryReason``.
    ///   - message: for people: what happened and, where known, what to do. Same caution as for ``refused``.
    ///   - after: how long Hydra asked us to wait; nil if it did not, or not understandably.
    case retry(status: Int?, reason: String, message: String, after: Duration?)
}
