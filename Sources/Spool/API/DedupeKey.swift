/// What makes two calls the same call: 128 bits of a cryptographic hash over the deduplication scope and the message
/// id, computed by the caller.
///
/// A plain value; safe on any thread. The spool compares all 128 bits and never looks at the message id itself.
package struct DedupeKey: Hashable, Sendable {
    /// The first 64 bits of the hash.
    package let high: UInt64

    /// The following 64 bits of the hash.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
