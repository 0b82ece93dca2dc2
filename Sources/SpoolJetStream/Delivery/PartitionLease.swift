internal import Spool
internal import Synchronization

/// The right to deliver a partition, as a message in the owners' stream that its holder writes anew every second.
///
/// Whoever sees it unchanged for ``duration``, by a clock of its own that nobody sets, may take it. The holder stops by itself
/// that long after it sent the last renewal that was confirmed. What a holder still does in between harms nothing: the journal
/// refuses whoever is not its last writer.
///
/// Safe on any thread: the ticker renews it, the session asks whether it stands.
final class PartitionLease: Sendable {
    static let duration: Duration = .seconds(4)
    private static let renewal: Duration = .seconds(1)

    private struct State {
        /// The lease's last message; what must be the last one for the next to be taken.
        var sequence: UInt64
        var confirmedAt: ContinuousClock.Instant
        var sentAt: ContinuousClock.Instant
        var isUnderWay = false
        var lost: String?
        var isReleased = false
    }

    let partition: Int
    /// Rises with each holder: the sequence of the message by which it was taken.
    let term: UInt64
    /// The figures that the holder before left.
    let inherited: LedgerSummary

    private let client: JetStreamClient
    private let layout: StreamLayout
    private let holder: UInt64
    private let owner: String
    private let state: Mutex<State>

    private init(
        _ client: JetStreamClient,
        _ layout: StreamLayout,
        _ partition: Int,
        holder: UInt64,
        owner: String,
        sequence: UInt64,
        since: ContinuousClock.Instant,
        inherited: LedgerSummary
    ) {
        self.inherited = inherited
        self.client = client
        self.layout = layout
        self.partition = partition
        self.holder = holder
        self.owner = owner
        self.term = sequence
        self.state = Mutex(State(sequence: sequence, confirmedAt: since, sentAt: since))
    }

    /// Waits until nobody holds the lease, and takes it.
    ///
    /// - Parameters:
    ///   - waits: told at each look at a lease that somebody holds.
    ///   - isClosed: asked in between.
    ///   - isTrouble: told after each look why the lease cannot be had though nobody holds it, or nil.
    static func acquire(
        _ client: JetStreamClient,
        _ layout: StreamLayout,
        partition: Int,
        owner: String,
        waits: () -> Void,
        isClosed: () -> Bool,
        isTrouble: (SpoolError?) -> Void
    ) async throws -> PartitionLease {
        let holder = UInt64.random(in: 1 ... .max)
        var watched: (sequence: UInt64, since: ContinuousClock.Instant)?
        while true {
            try Task.checkCancellation()
            if isClosed() { throw SpoolError.closed }
            let asked = ContinuousClock.now
            switch await Self.last(client, layout, partition) {
            case .failure(let error): isTrouble(SpoolError(error, "The stream \(layout.owners)"))
            case .success(let found):
                let decoded = found.map { LeaseRecord.decode($0.payload) }
                if let version = decoded?.neededVersion {
                    // Not taken, however old: what its holder left in the journal is not known to be readable.
                    isTrouble(.needsVersion(version, "The lease of partition \(partition)"))
                    break
                }
                let record = decoded?.record
                if let found, let record, record.holder == holder, !record.isReleased {
                    // A claim whose answer was lost.
                    return PartitionLease(
                        client,
                        layout,
                        partition,
                        holder: holder,
                        owner: owner,
                        sequence: found.sequence,
                        since: asked,
                        inherited: record.summary
                    )
                }
                if watched?.sequence != found?.sequence { watched = found.map { ($0.sequence, ContinuousClock.now) } }
                let isExpired = watched.map { ContinuousClock.now - $0.since >= Self.duration } ?? true
                if found == nil || record == nil || record?.isReleased == true || isExpired {
                    let sentAt = ContinuousClock.now
                    var claim = OutgoingMessage(
                        layout.ownerSubject(partition),
                        LeaseRecord(
                            isReleased: false,
                            holder: holder,
                            owner: owner,
                            summary: record?.summary ?? LedgerSummary()
                        ).bytes
                    )
                    claim.expectedLastSubjectSequence = found?.sequence ?? 0
                    do throws(RequestError) {
                        let ack = try await client.publish(claim)
                        isTrouble(nil)
                        return PartitionLease(
                            client,
                            layout,
                            partition,
                            holder: holder,
                            owner: owner,
                            sequence: ack.sequence,
                            since: sentAt,
                            inherited: record?.summary ?? LedgerSummary()
                        )
                    } catch {
                        // Where another one was faster there is nothing to tell.
                        let isTaken = error.errCode == APIError.wrongLastSequence
                        isTrouble(isTaken ? nil : SpoolError(error, "The stream \(layout.owners)"))
                    }
                } else {
                    isTrouble(nil)
                    waits()
                }
            }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    /// The lease's last message.
    private static func last(
        _ client: JetStreamClient,
        _ layout: StreamLayout,
        _ partition: Int
    ) async -> Result<StoredMessage?, RequestError> {
        await withCheckedContinuation { continuation in
            client.storedMessage(stream: layout.owners, Self.selector(layout, partition)) {
                continuation.resume(returning: $0)
            }
        }
    }

    static func selector(_ layout: StreamLayout, _ partition: Int) -> [UInt8] {
        Array(#"{"last_by_subj":"\#(layout.ownerSubject(partition))"}"#.utf8)
    }

    // MARK: Holding

    /// Why the lease does not stand any more; nil while it does.
    var lost: String? {
        self.state.withLock { state in
            if let lost = state.lost { return lost }
            if ContinuousClock.now - state.confirmedAt > Self.duration {
                state.lost = "its lease could not be renewed for \(Self.duration.components.seconds) seconds"
            }
            return state.lost
        }
    }

    /// Another one has it.
    func lose(_ why: String) {
        self.state.withLock { state in
            if state.lost == nil { state.lost = why }
        }
    }

    /// Renews the lease when it is time.
    func tick(_ summary: () -> LedgerSummary) {
        let now = ContinuousClock.now
        let sequence = self.state.withLock { state -> UInt64? in
            guard state.lost == nil, !state.isReleased, !state.isUnderWay, now - state.sentAt >= Self.renewal else {
                return nil
            }
            state.isUnderWay = true
            state.sentAt = now
            return state.sequence
        }
        guard let sequence else { return }
        let message = self.message(isReleased: false, summary(), after: sequence)
        self.client.publish(message, patience: .seconds(2)) { result in
            switch result {
            case .success(let ack): self.confirmed(ack.sequence, at: now)
            case .failure(let error) where error.errCode == APIError.wrongLastSequence: self.look(since: now)
            case .failure: self.state.withLock { $0.isUnderWay = false }
            }
        }
    }

    private func message(isReleased: Bool, _ summary: LedgerSummary, after sequence: UInt64) -> OutgoingMessage {
        var message = OutgoingMessage(
            self.layout.ownerSubject(self.partition),
            LeaseRecord(isReleased: isReleased, holder: self.holder, owner: self.owner, summary: summary).bytes
        )
        message.expectedLastSubjectSequence = sequence
        message.isUrgent = true
        return message
    }

    private func confirmed(_ sequence: UInt64, at time: ContinuousClock.Instant) {
        self.state.withLock { state in
            state.sequence = sequence
            state.confirmedAt = time
            state.isUnderWay = false
        }
    }

    /// The lease was written since: by this holder, whose answer was lost, or by the next.
    private func look(since time: ContinuousClock.Instant) {
        self.client.storedMessage(stream: self.layout.owners, Self.selector(self.layout, self.partition)) { result in
            guard case .success(let found) = result else {
                self.state.withLock { $0.isUnderWay = false }
                return
            }
            if let found, let record = LeaseRecord.decode(found.payload).record, record.holder == self.holder {
                // Not confirmed anew: the next renewal does that.
                self.state.withLock { state in
                    state.sequence = found.sequence
                    state.isUnderWay = false
                }
            } else {
                let owner = found.flatMap { LeaseRecord.decode($0.payload).record }?.owner ?? "another gateway"
                self.lose("\(owner) has taken it")
            }
        }
    }

    /// Lets it go, so that the next need not wait. Not waited for, except by who asks for it.
    func release(_ summary: LedgerSummary, _ completion: @escaping @Sendable () -> Void) {
        let sequence = self.state.withLock { state -> UInt64? in
            guard state.lost == nil, !state.isReleased else { return nil }
            state.isReleased = true
            state.lost = "it was released"
            return state.sequence
        }
        guard let sequence else { return completion() }
        self.client.publish(self.message(isReleased: true, summary, after: sequence), patience: .seconds(2)) { result in
            // A renewal may have been under way, and come first.
            guard case .failure(let error) = result, error.errCode == APIError.wrongLastSequence else {
                return completion()
            }
            self.client.storedMessage(stream: self.layout.owners, Self.selector(self.layout, self.partition)) { found in
                guard case .success(.some(let last)) = found,
                    LeaseRecord.decode(last.payload).record?.holder == self.holder
                else {
                    return completion()
                }
                let message = self.message(isReleased: true, summary, after: last.sequence)
                self.client.publish(message, patience: .seconds(2)) { _ in completion() }
            }
        }
    }
}
