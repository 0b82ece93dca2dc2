/// What the relay did and holds, as of one moment.
///
/// A value; any thread.
package struct RelayFigures: Sendable, Equatable {
    /// Whether this process holds the right to deliver, for at least one partition.
    package var isDelivering = false

    /// How many of the spool's partitions this process delivers.
    package var partitions = 0

    /// Calls that a destination took.
    package var delivered = 0

    /// Attempts that are to be repeated.
    package var retried = 0

    /// Calls that became dead letters.
    package var dead = 0

    /// Calls on their way at the moment.
    package var inFlight = 0

    /// Calls in memory, those in flight among them.
    package var windowCalls = 0

    /// Bytes of their bodies.
    package var windowBytes = 0

    /// What became of calls, not yet recorded on disk.
    package var unsettled = 0

    /// Lanes with a call in memory, in flight or deferred.
    package var lanes = 0

    /// Lanes with deferred calls: behind a call that is to be tried again, or longer than the window.
    package var blockedLanes = 0

    /// Calls that wait for the time of their next try; each is the first of its lane, and what is behind it waits for it.
    package var retryingLanes = 0

    /// Whether the last read of the spool or the last settlement failed.
    package var spoolIsFailing = false

    /// Sources with calls in the spool that the configuration does not know.
    package var goneSources: [String] = []

    /// Every destination that was met.
    package var destinations: [DestinationFigures] = []

    package init() {}
}
