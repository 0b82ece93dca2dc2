/// A rejected event as the spool keeps it.
///
/// A plain value; safe on any thread.
package struct RejectedRecord: Sendable, Equatable {
    /// Its place in the order of everything that was ever stored; never used twice.
    package let id: Int64

    /// The event; `raw` is cut at ``SpoolLimits/rejectedBytes``.
    package let event: RejectedEvent

    /// How long `raw` was when it arrived, in bytes.
    package let rawBytes: Int

    package init(id: Int64, event: RejectedEvent, rawBytes: Int) {
        self.id = id
        self.event = event
        self.rawBytes = rawBytes
    }
}
