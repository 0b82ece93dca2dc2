/// What became of one call.
package enum CallOutcome: Sendable, Equatable {
    /// On disk, by this request.
    case accepted
    /// On disk since an earlier request; nothing changed.
    case duplicate
    /// Not taken.
    case failed(CallProblem)
}
