/// The answer to one bounded read of fresh calls.
///
/// A plain value; safe on any thread.
package struct FreshPage: Sendable, Equatable {
    /// The calls that match, in the order of their ids.
    package let calls: [StoredCall]

    /// Every matching call above the read's start up to this id is in `calls`. It is the last returned id when the limit
    /// or the bytes were reached, else the last examined id, and never below the read's start.
    package let scannedThrough: Int64

    /// No fresh call, matching or not, stood behind `scannedThrough`.
    package let reachedEnd: Bool

    package init(calls: [StoredCall], scannedThrough: Int64, reachedEnd: Bool) {
        self.calls = calls
        self.scannedThrough = scannedThrough
        self.reachedEnd = reachedEnd
    }
}
