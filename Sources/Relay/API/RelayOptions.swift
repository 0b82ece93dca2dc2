/// Every figure that the relay's behaviour depends on, with its unit and its reason.
///
/// A value; any thread.
package struct RelayOptions: Sendable, Equatable {
    // MARK: Retrying a call

    /// The ceiling of the wait after the first failure; it doubles with every further one. See ``RetrySchedule``.
    package var retryBase: Duration = .seconds(1)

    /// The highest ceiling of a wait between two attempts of a call.
    package var retryCap: Duration = .seconds(5 * 60)

    /// How long after its first attempt a call is tried again; then it is a dead letter. Long enough for a Hydra that
    /// broke on a Friday evening.
    package var retryFor: Duration = .seconds(72 * 3_600)

    /// A call is tried at least so often before it is given up, however long that takes: an outage that lasts longer
    /// than ``retryFor``, or a clock that leaps ahead, must not kill calls that were tried once.
    package var minimumAttempts = 5

    /// The longest rest that is granted when a destination asks for one (`Retry-After`): what asks for more is
    /// mistaken, or an attacker's.
    package var retryAfterBound: Duration = .seconds(24 * 3_600)

    // MARK: A destination that fails

    /// So many requests in a row must fail before the breaker opens. Below it single failures of a healthy Hydra
    /// would stop everybody.
    package var breakerThreshold = 5

    /// The first rest of an open breaker; doubles with every probe that fails.
    package var breakerBase: Duration = .seconds(1)

    /// The longest rest of an open breaker: how late a recovered Hydra is noticed.
    package var breakerCap: Duration = .seconds(60)

    /// The rest between two probes of a destination that does not accept its API key.
    package var probeInterval: Duration = .seconds(60)

    // MARK: Memory

    /// The most calls in memory, over all destinations. At the usual 1 KiB a call it is the smaller of the two bounds.
    package var windowCalls = 16_384

    /// The most bytes of bodies in memory, over all destinations.
    package var windowBytes = 64 << 20

    /// The most calls of one lane in memory. When more were read the rest waits on disk, so that one user with
    /// 100,000 calls does not fill the window.
    package var laneWindow = 64

    /// The most calls read from the spool at a time.
    package var pageCalls = 1_024

    /// The most bytes of bodies read from the spool at a time.
    package var pageBytes = 4 << 20

    /// The most rows looked at in one read when sources are left out of it: bounds how long a read takes.
    package var pageRows = 16_384

    /// The most lanes whose deferred calls are read at a time.
    package var loadLanes = 64

    /// The most bytes of bodies in one batch: a quarter of what the contract allows, so that a request stays short.
    package var batchBytes = 4 << 20

    /// The most calls in flight or answered but not yet settled on disk. When the spool cannot write, sending stops
    /// here.
    package var maximumUnsettled = 16_384

    /// The most lanes that may wait with a failed call at their head, over all destinations. Each costs about 80 bytes
    /// of memory. Beyond it no new lanes of the destination are tried until others were delivered.
    package var maximumBlockedLanes = 1_000_000

    // MARK: Trouble with the spool, stopping

    /// The first wait after the spool failed to read or to settle; doubles.
    package var spoolRetryBase: Duration = .milliseconds(200)

    /// The longest such wait: how late a disk that has room again is noticed.
    package var spoolRetryCap: Duration = .seconds(15)

    /// How long requests in flight may take to finish once the relay is told to stop.
    package var stopWithin: Duration = .seconds(5)

    /// How long the last settlements may take after that.
    package var settleWithin: Duration = .seconds(2)

    /// The longest wait for new calls before the spool is asked anyway.
    package var idleTimeout: Duration = .seconds(60)

    // MARK: Several partitions

    /// The pause between two partitions that a relay begins to ask for, in an order of its own: relays that start together
    /// so share the partitions from the beginning. A spool of one partition is asked for at once.
    package var partitionPause: Duration = .milliseconds(250)

    /// After how long a relay looks at the latest whether it has more than its part of the partitions, because another one
    /// waits: how late one that starts has its share.
    package var partitionTurn: Duration = .seconds(5)

    /// How long a partition that was given back is left to others: longer than anybody takes to notice.
    package var handOverPause: Duration = .seconds(2)

    package init() {}

    /// The same for one of so many partitions: the bounds on memory hold for all of them together.
    ///
    /// Divided by the partitions of the spool, not by those that are delivered here: so they hold whatever happens to the
    /// other processes, and a machine's bounds never change under it.
    func part(of partitions: Int) -> RelayOptions {
        guard partitions > 1 else { return self }
        var result = self
        // A window much smaller than a page would be read in vain; it is reached with 64 partitions.
        result.windowCalls = max(256, self.windowCalls / partitions)
        result.windowBytes = max(1 << 20, self.windowBytes / partitions)
        result.pageBytes = min(self.pageBytes, result.windowBytes)
        result.maximumUnsettled = max(256, self.maximumUnsettled / partitions)
        result.maximumBlockedLanes = max(1, self.maximumBlockedLanes / partitions)
        return result
    }
}
