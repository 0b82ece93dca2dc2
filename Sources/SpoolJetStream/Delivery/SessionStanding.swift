internal import Spool
internal import Synchronization

/// Whether a session still has the right to deliver its partition.
///
/// Safe on any thread.
final class SessionStanding: Sendable {
    private let lease: PartitionLease
    private let isReleased = Atomic<Bool>(false)

    init(lease: PartitionLease) {
        self.lease = lease
    }

    func check() throws(SpoolError) {
        if self.isReleased.load(ordering: .acquiring) {
            throw SpoolError(
                code: .stopped,
                message: "The delivery session has ended. Acquire another one.",
                retryAfterSeconds: SpoolError.passingPause
            )
        }
        if let lost = self.lease.lost { throw .ownershipLost(self.lease.partition, lost) }
    }

    /// Ends it. Returns whether this is the first time.
    func release() -> Bool {
        !self.isReleased.exchange(true, ordering: .acquiringAndReleasing)
    }
}
