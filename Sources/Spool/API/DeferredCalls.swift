/// Deferred calls of one lane.
///
/// A plain value; safe on any thread.
package struct DeferredCalls: Sendable, Equatable {
    /// The lane.
    package let lane: Int64

    /// Its first deferred calls, in the order of their ids.
    package let calls: [StoredCall]

    /// Further deferred calls of the lane stand behind them.
    package let hasMore: Bool

    package init(lane: Int64, calls: [StoredCall], hasMore: Bool) {
        self.lane = lane
        self.calls = calls
        self.hasMore = hasMore
    }
}
