/// What is in the spool of one source.
///
/// A plain value; safe on any thread.
package struct SourceStatistics: Sendable, Equatable {
    /// The source's name.
    package var source: String

    /// Calls that wait in the order of their arrival.
    package var fresh = 0

    /// Calls that wait for another attempt, or behind one that does.
    package var deferred = 0

    /// All calls that wait.
    package var depth: Int { self.fresh + self.deferred }

    /// When the call of this source that waits longest was received, in milliseconds since 1970 UTC; nil when none
    /// waits, or when it stands behind more than ``SpoolStatistics/examinedCalls`` calls of other sources.
    package var oldestReceivedAt: Int64?

    /// Dead letters.
    package var dead = 0

    /// Rejected events that are kept.
    package var rejected = 0

    /// Calls that were stored, ever.
    package var appended = 0

    /// Calls that were not stored because they were seen before, ever.
    package var duplicates = 0

    /// Calls that the destination took, ever.
    package var delivered = 0

    package init(source: String) {
        self.source = source
    }
}
