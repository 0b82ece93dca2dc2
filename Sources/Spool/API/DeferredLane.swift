/// A lane whose first calls were set aside: because its head is to be tried again later, or because they stand behind
/// such a head.
///
/// A plain value; safe on any thread.
package struct DeferredLane: Sendable, Equatable {
    /// The lane.
    package let lane: Int64

    /// The source of the lane's head.
    package let source: String

    /// How many calls of the lane are deferred.
    package let count: Int

    /// The id of the lane's head, the lowest of its deferred calls.
    package let headId: Int64

    /// The head is not to be tried before this time, in milliseconds since 1970 UTC; 0 is now.
    package let notBefore: Int64

    /// How often the head's delivery was tried.
    package let attempts: Int

    package init(lane: Int64, source: String, count: Int, headId: Int64, notBefore: Int64, attempts: Int) {
        self.lane = lane
        self.source = source
        self.count = count
        self.headId = headId
        self.notBefore = notBefore
        self.attempts = attempts
    }
}
