/// What became of a call. An id that is no longer in the spool is passed over, so that settling twice does no harm.
///
/// A plain value; safe on any thread.
package enum Settlement: Sendable, Equatable {
    /// The destination has it: it leaves the spool.
    case delivered(id: Int64)

    /// It is given up: it becomes a dead letter under the same id.
    case dead(id: Int64, DeadReason)

    /// It is to be tried again: it becomes, or stays, deferred. Times are milliseconds since 1970 UTC; `reason` is a
    /// short bounded word.
    case retry(id: Int64, attempts: Int, firstAttemptAt: Int64, notBefore: Int64, reason: String)

    /// It stands behind a deferred call of its lane: it becomes deferred as it is. A deferred call stays as it is.
    case park(id: Int64)

    /// The call that is settled.
    package var id: Int64 {
        switch self {
        case .delivered(let id), .dead(let id, _), .retry(let id, _, _, _, _), .park(let id): id
        }
    }
}
