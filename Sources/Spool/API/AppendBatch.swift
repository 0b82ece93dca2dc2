/// What one request leaves in the spool: all of it is committed in one transaction or none of it.
///
/// A plain value; safe on any thread.
package struct AppendBatch: Sendable {
    /// The calls, in the order in which their users are to see them delivered.
    package var calls: [NewCall]

    /// The events that are kept for showing, not for delivery.
    package var rejected: [RejectedEvent]

    package init(calls: [NewCall], rejected: [RejectedEvent] = []) {
        self.calls = calls
        self.rejected = rejected
    }
}
