internal import Logging
internal import Synchronization

/// Keeps a partition's stream short, and finds out about sequences that were not seen in it.
///
/// Safe on any thread; works on the ticker, for the holder of the lease.
final class StreamTrimmer: Sendable {
    private struct State {
        /// Something is being purged or erased.
        var isUnderWay = false
        /// When something was purged last.
        var at = ContinuousClock.now
        /// Settled calls above the floor up to here were erased.
        var erasedThrough: UInt64 = 0
        /// Missing sequences are being asked for.
        var isAsking = false
    }

    private let client: JetStreamClient
    private let partition: Int
    private let stream: String
    private let lease: PartitionLease
    private let memory: PartitionMemory
    private let health: IntakeHealth
    private let logger: Logger
    private let keptBytes: Int64
    private let state = Mutex(State())

    init(_ parts: JetStreamDeliverySession.Parts, memory: PartitionMemory) {
        self.client = parts.client
        self.partition = parts.lease.partition
        self.stream = parts.layout.calls(parts.lease.partition)
        self.lease = parts.lease
        self.memory = memory
        self.health = parts.health
        self.logger = parts.logger
        self.keptBytes = parts.keptBytes
    }

    func tick() {
        self.trim()
        self.askForMissing()
    }

    /// Calls that were missing between their neighbours: the leader says whether they were deleted, by somebody, or left out by
    /// a server that has not got them. Until then the floor stays below them.
    private func askForMissing() {
        let sequences = self.state.withLock { state -> [UInt64] in
            guard !state.isAsking else { return [] }
            let sequences = self.memory.withLock { $0.ledger.takeMissing(limit: JetStreamClient.piece) }
            state.isAsking = !sequences.isEmpty
            return sequences
        }
        guard !sequences.isEmpty else { return }
        Gathering<Result<StoredMessage?, RequestError>>.start(sequences) { sequence, done in
            self.client.storedMessage(stream: self.stream, Array(#"{"seq":\#(sequence)}"#.utf8), done)
        } done: { [weak self] results in
            guard let self else { return }
            var unknown: [UInt64] = []
            var found: UInt64?
            self.memory.withLock { state in
                for (sequence, result) in zip(sequences, results) {
                    switch result {
                    case .success(nil): state.ledger.vanished(sequence)
                    case .success: found = sequence
                    case .failure: unknown.append(sequence)
                    }
                }
                state.ledger.returnMissing(unknown)
            }
            self.state.withLock { $0.isAsking = false }
            guard let found else { return }
            self.logger.error(
                "a server left out a call that the leader has: the partition is read again from its front",
                metadata: ["stream": "\(self.stream)", "sequence": "\(found)"]
            )
            self.lease.lose("a server left out a call")
        }
    }

    /// Purges settled calls from the front of the stream, as far as it is longer than what is kept of them.
    private func trim() {
        guard let stream = self.health.stream(self.partition), stream.messages > 0, stream.bytes > self.keptBytes else {
            return
        }
        let now = ContinuousClock.now
        let floor = self.memory.floor
        let end = self.state.withLock { state -> UInt64? in
            guard !state.isUnderWay, now - state.at > .seconds(1), self.lease.lost == nil else { return nil }
            // A tenth more than is needed, so that there is a while until the next time.
            let share = Double(stream.bytes - self.keptBytes / 10 * 9) / Double(stream.bytes)
            let count = UInt64(Double(stream.messages) * min(1, share))
            let end = min(floor, stream.first + count)
            guard end >= stream.first, end > 0 else { return nil }
            state.isUnderWay = true
            state.at = now
            return end
        }
        guard let end else { return self.erase(stream) }
        self.client.ask("STREAM.PURGE.\(self.stream)", Array(#"{"seq":\#(end + 1)}"#.utf8)) { [weak self] _ in
            self?.state.withLock { $0.isUnderWay = false }
        }
    }

    /// Deletes settled calls one by one, when the front of the stream is not settled and the stream takes more than twice the
    /// room that is kept: so a destination that is down for days does not fill the stream with calls of others.
    private func erase(_ stream: StreamState) {
        guard stream.bytes / 2 > self.keptBytes else { return }
        let sequences = self.state.withLock { state -> [UInt64] in
            guard !state.isUnderWay, self.lease.lost == nil else { return [] }
            let erased = state.erasedThrough
            let sequences = self.memory.withLock { Self.settled($0.ledger, after: erased) }
            // From the front again, for what was settled behind.
            state.erasedThrough = sequences.count == Self.erasePiece ? sequences.last ?? 0 : 0
            state.isUnderWay = !sequences.isEmpty
            return sequences
        }
        guard !sequences.isEmpty else { return }
        Gathering<Bool>.start(sequences) { sequence, done in
            let body = Array(#"{"seq":\#(sequence),"no_erase":true}"#.utf8)
            self.client.ask("STREAM.MSG.DELETE.\(self.stream)", body) { _ in done(true) }
        } done: { [weak self] _ in
            self?.state.withLock { $0.isUnderWay = false }
        }
    }

    /// The next sequences above the floor that are settled.
    private static func settled(_ ledger: PartitionLedger, after erased: UInt64) -> [UInt64] {
        var sequences: [UInt64] = []
        for range in ledger.settled.ranges where range.upperBound > erased {
            for sequence in max(range.lowerBound, erased + 1)...range.upperBound {
                sequences.append(sequence)
                if sequences.count == Self.erasePiece { return sequences }
            }
        }
        return sequences
    }

    private static let erasePiece = 500
}
