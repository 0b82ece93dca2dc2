internal import Spool
internal import Synchronization

/// Whether calls are taken at the moment, and if not, why: for each partition.
///
/// Safe on any thread: publishing and the keeper write it, everyone reads it.
final class IntakeHealth: Sendable {
    /// How long a partition that failed is left alone before an append tries it again.
    static let retryPause: Duration = .milliseconds(500)

    private struct Partition {
        var failure: SpoolError?
        var retryAt: ContinuousClock.Instant?
        var bound: SpoolError?
        var state: StreamState?
    }

    private struct State {
        var partitions: [Partition]
        var isClosed = false
    }

    private let state: Mutex<State>
    private let client: JetStreamClient
    private let layout: StreamLayout
    private let maximumBytes: Int64

    /// - Parameter maximumBytes: of each call stream.
    init(client: JetStreamClient, layout: StreamLayout, maximumBytes: Int64) {
        self.client = client
        self.layout = layout
        self.maximumBytes = maximumBytes
        self.state = Mutex(State(partitions: Array(repeating: Partition(), count: layout.partitions)))
    }

    /// Why calls are refused; nil while all partitions take them.
    var refusing: SpoolError? {
        if let error = self.refusingAll { return error }
        return self.state.withLock { state in
            for partition in state.partitions {
                if let error = partition.failure ?? partition.bound { return error }
            }
            return nil
        }
    }

    /// Why nothing is taken at all.
    private var refusingAll: SpoolError? {
        if self.state.withLock({ $0.isClosed }) { return .closed }
        guard self.client.isConnected else { return .unreachable("The connection to the NATS servers is down") }
        return nil
    }

    /// Why a batch for these partitions is refused without trying; nil while it is worth a try.
    func refusingNow(_ partitions: some Sequence<Int>) -> SpoolError? {
        if let error = self.refusingAll { return error }
        let now = ContinuousClock.now
        return self.state.withLock { state in
            for index in partitions where state.partitions.indices.contains(index) {
                let partition = state.partitions[index]
                if let bound = partition.bound { return bound }
                if let failure = partition.failure, let retryAt = partition.retryAt, now < retryAt { return failure }
            }
            return nil
        }
    }

    /// Returns whether this is news.
    func failed(_ error: SpoolError, partition: Int) -> Bool {
        self.state.withLock { state in
            guard state.partitions.indices.contains(partition) else { return false }
            let isNews = state.partitions[partition].failure != error
            state.partitions[partition].failure = error
            state.partitions[partition].retryAt = ContinuousClock.now + Self.retryPause
            return isNews
        }
    }

    /// - Parameter code: a failure of which this proves nothing.
    /// - Returns: whether this is news.
    func works(partition: Int, unless code: SpoolError.Code? = nil) -> Bool {
        self.state.withLock { state in
            guard state.partitions.indices.contains(partition), let failure = state.partitions[partition].failure,
                failure.code != code
            else { return false }
            state.partitions[partition].failure = nil
            return true
        }
    }

    /// The stream's leader answered. Returns what of it is news: a bound that is reached (`.some(.some)`) or not any more.
    func saw(_ stream: StreamState, partition: Int) -> SpoolError?? {
        // So that what is under way does not reach the stream's own bound, at which a long call may be refused and a
        // short one behind it, of the same user, still be taken.
        let bound: SpoolError? =
            stream.bytes < self.maximumBytes - self.headroom
            ? nil
            : SpoolError(
                code: .full,
                message: "The stream \(self.layout.calls(partition)) holds \(stream.bytes) of at most"
                    + " \(self.maximumBytes) bytes. See that deliveries succeed, or raise the bound.",
                retryAfterSeconds: SpoolError.operatorPause
            )
        return self.state.withLock { state -> SpoolError?? in
            guard state.partitions.indices.contains(partition) else { return nil }
            let before = state.partitions[partition].bound
            state.partitions[partition].bound = bound
            state.partitions[partition].state = stream
            if state.partitions[partition].failure?.code == .full, bound == nil {
                state.partitions[partition].failure = nil
            }
            return before == bound ? nil : .some(bound)
        }
    }

    private var headroom: Int64 { min(8 << 20, self.maximumBytes / 8) }

    /// What the leader of a partition's stream said last.
    func stream(_ partition: Int) -> StreamState? {
        self.state.withLock { state in
            state.partitions.indices.contains(partition) ? state.partitions[partition].state : nil
        }
    }

    func closed() {
        self.state.withLock { $0.isClosed = true }
    }
}
