package import HydraDataPoints

/// How an engine runs. Defaults suit one machine.
package struct EngineOptions: Sendable {
    /// Threads that read and answer at once.
    package var workers = 4
    /// Below this many free bytes on the disk nothing is taken: what is open can still be finished and the log be
    /// written back.
    package var minimumFreeBytes: UInt64 = 64 << 20

    /// What answering one request may take of a processor. What takes longer is answered that it does, or with less.
    package var requestTime = Duration.milliseconds(200)

    /// What "now" is for windows such as the last 30 days; another one for tests.
    package var clock: @Sendable () -> Instant = { Instant.now() }

    /// Whether scanners, patterns and network sources work by themselves; off, ``Engine/settle()`` has them work.
    package var isWorkingInBackground = true

    /// Asks the network about companies of accounts that switched it on; nil: nobody does.
    package var lookup: (any CompanyLookup)?

    package init() {}
}
