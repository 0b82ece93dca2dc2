import Synchronization

/// Whether calls are taken at the moment, and if not, why.
///
/// Safe on any thread: the committer and the keeper write it, everyone reads it.
final class SpoolHealth: Sendable {
    /// How long a failed disk is left alone before it is tried again.
    static let retryPause: Duration = .seconds(1)

    private struct State {
        /// The disk failed.
        var failure: SpoolError?
        var retryAt: ContinuousClock.Instant?
        /// A bound is reached.
        var bound: SpoolError?
        var usedBytes: Int64 = 0
        var freeBytes: Int64 = 0
        var neededBytes: Int64 = 0
        var closed = false
    }

    private let state = Mutex(State())
    private let directory: SpoolDirectory
    private let reserve: SpaceReserve
    private let maximumBytes: Int64
    private let minimumFreeBytes: Int64

    /// - Parameter minimumFreeBytes: at least what copying the log into the database may need: settlements, which
    ///   make room again, must be able to go through the log at any time.
    init(directory: SpoolDirectory, reserve: SpaceReserve, maximumBytes: Int64, minimumFreeBytes: Int64) {
        self.directory = directory
        self.reserve = reserve
        self.maximumBytes = maximumBytes
        self.minimumFreeBytes = minimumFreeBytes
    }

    /// Why calls are refused; nil while they are taken.
    var refusing: SpoolError? {
        self.state.withLock { $0.closed ? .stopped : $0.failure ?? $0.bound }
    }

    /// Why a call would be refused now: ``refusing``, or a file system on which too little is free, asked at this moment.
    /// Changes nothing: the committer judges by itself, at the next call.
    func look() -> SpoolError? {
        if let refusing = self.refusing { return refusing }
        guard let free = self.directory.freeBytes, free < self.neededBytes else { return nil }
        return self.diskLow(free: free, needed: self.neededBytes)
    }

    /// The size and the free space that the last commit, or the keeper, saw.
    var figures: (usedBytes: Int64, freeBytes: Int64) {
        self.state.withLock { ($0.usedBytes, $0.freeBytes) }
    }

    /// The failure that forbids to touch the disk at this moment.
    func failureInForce() -> SpoolError? {
        self.state.withLock { Self.failureInForce($0) }
    }

    /// Why a call is refused at this moment without trying; nil while it is worth a try.
    func refusingNow() -> SpoolError? {
        self.state.withLock { $0.closed ? .stopped : Self.failureInForce($0) ?? $0.bound }
    }

    private static func failureInForce(_ state: State) -> SpoolError? {
        guard let failure = state.failure, let retryAt = state.retryAt, ContinuousClock.now < retryAt else {
            return nil
        }
        return failure
    }

    /// The last failure, whether or not it is time to try again.
    var failure: SpoolError? { self.state.withLock { $0.failure } }

    /// The bound that is reached.
    var bound: SpoolError? { self.state.withLock { $0.bound } }

    /// Notes that the disk failed. Returns whether this is news.
    func failed(_ error: SpoolError) -> Bool {
        self.state.withLock { state in
            let isNews = state.failure != error
            state.failure = error
            state.retryAt = ContinuousClock.now + Self.retryPause
            return isNews
        }
    }

    /// Notes that a commit succeeded. Returns whether this is news.
    ///
    /// - Parameter provesSpace: the commit needed space. A full disk often still has room for a settlement in what the
    ///   log has already, which proves nothing.
    func works(provesSpace: Bool) -> Bool {
        self.state.withLock { state in
            guard let failure = state.failure else { return false }
            if failure.code == .full, !provesSpace, let retryAt = state.retryAt, ContinuousClock.now < retryAt {
                return false
            }
            state.failure = nil
            state.retryAt = nil
            return true
        }
    }

    func closed() {
        self.state.withLock { $0.closed = true }
    }

    /// How much the spool may still grow, in bytes: never close to the maximum, so that a commit does not pass it.
    func room(used: Int64) -> Int64 {
        self.maximumBytes - min(1 << 20, self.maximumBytes / 16) - used
    }

    /// Judges both bounds. Returns the error now in force and whether that is news.
    ///
    /// - Parameter isFresh: whether the file system was asked just before, so that its answer still stands.
    func judge(used: Int64, isFresh: Bool = false) -> (bound: SpoolError?, isNews: Bool) {
        // A file system that cannot be asked fails on its own account at the next commit.
        let (free, needed) =
            isFresh
            ? self.state.withLock { ($0.freeBytes, $0.neededBytes) }
            : (self.directory.freeBytes ?? .max, self.neededBytes)
        let bound: SpoolError? =
            if free < needed {
                self.diskLow(free: free, needed: needed)
            } else if self.room(used: used) <= 0 {
                self.fullError(used: used)
            } else {
                nil
            }
        return self.state.withLock { state in
            let isNews = state.bound != bound
            state.bound = bound
            state.usedBytes = used
            state.freeBytes = free
            state.neededBytes = needed
            return (bound, isNews)
        }
    }

    /// What must stay free, in bytes: calls are not taken again before the reserve can be filled, too.
    private var neededBytes: Int64 {
        guard !self.reserve.isHeld else { return self.minimumFreeBytes }
        let (sum, overflow) = self.minimumFreeBytes.addingReportingOverflow(self.reserve.bytes)
        return overflow ? .max : sum
    }

    private func diskLow(free: Int64, needed: Int64) -> SpoolError {
        SpoolError(
            code: .diskLow,
            message:
                "The file system of \(self.directory.path) has \(free) bytes free, \(needed)"
                + " must stay free. Free disk space, or lower the bound; the spool goes on by itself.",
            retryAfterSeconds: SpoolError.longPause
        )
    }

    func fullError(used: Int64) -> SpoolError {
        SpoolError(
            code: .full,
            message: "The spool \(self.directory.path) holds \(used) of at most \(self.maximumBytes) bytes."
                + " See that deliveries succeed, replay or drop dead letters, or raise the bound.",
            retryAfterSeconds: SpoolError.longPause
        )
    }
}
