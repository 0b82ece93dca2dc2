internal import Spool
internal import Synchronization

/// Whether a session still has the right to deliver its partition.
///
/// Safe on any thread.
final class SessionStanding: Sendable {
    private let lease: PartitionLease
    private let isReleased = Atomic<Bool>(false)
    private let failure = Mutex<SpoolError?>(nil)
    private let handBack: @Sendable (SpoolError) -> Void

    /// - Parameter handBack: called when the partition needs a later version of this program.
    init(lease: PartitionLease, handBack: @escaping @Sendable (SpoolError) -> Void) {
        self.lease = lease
        self.handBack = handBack
    }

    /// Gives the partition up: something in it is left to a later version.
    func needsVersion(_ version: UInt8, _ what: String) -> SpoolError {
        self.giveUp(.needsVersion(version, what))
    }

    /// Reads calls; gives the partition up when one of them is left to a later version.
    func reading<Value>(_ body: () async throws(SpoolError) -> Value) async throws(SpoolError) -> Value {
        do throws(SpoolError) {
            return try await body()
        } catch {
            throw error.code == .missing ? self.giveUp(error) : error
        }
    }

    /// The lease stands until the session is released: with that the next has it at once.
    private func giveUp(_ error: SpoolError) -> SpoolError {
        let isFirst = self.failure.withLock { failure in
            defer { failure = error }
            return failure == nil
        }
        if isFirst { self.handBack(error) }
        return error
    }

    func check() throws(SpoolError) {
        if self.isReleased.load(ordering: .acquiring) {
            throw SpoolError(
                code: .stopped,
                message: "The delivery session has ended. Acquire another one.",
                retryAfterSeconds: SpoolError.passingPause
            )
        }
        if let failure = self.failure.withLock({ $0 }) { throw failure }
        if let lost = self.lease.lost { throw .ownershipLost(self.lease.partition, lost) }
    }

    /// Ends it. Returns whether this is the first time.
    func release() -> Bool {
        !self.isReleased.exchange(true, ordering: .acquiringAndReleasing)
    }
}
