internal import Logging
internal import Spool
internal import Synchronization

/// Records what became of a partition's calls: dead letters first, then the journal, then what is known of it here.
///
/// A dead letter for which there is no room is not dropped, and holds up nobody else: its call becomes, or stays, deferred in its
/// lane, and is given up again when there may be room. Safe from any task: one settles at a time.
final class Settler: Sendable {
    /// What settlements come to.
    private struct Evaluation: Sendable {
        var change = LedgerChange()
        var freshGone: [(sequence: UInt64, source: String)] = []
        /// With nothing left to deliver, but for ``burials``.
        var gone: [UInt64] = []
        var burials: [Burial] = []
    }

    /// A call that is given up.
    private struct Burial: Sendable {
        let sequence: UInt64
        let source: String
        /// As what it was deferred, or would be.
        var entry: DeferredEntry
        let reason: DeadReason
    }

    private let client: JetStreamClient
    private let layout: StreamLayout
    private let partition: Int
    private let lease: PartitionLease
    private let standing: SessionStanding
    private let memory: PartitionMemory
    private let journal: PartitionJournal
    private let postponed = PostponedBurials()
    private let clock: @Sendable () -> Int64
    private let logger: Logger
    private let lock = AsyncLock()
    /// A change of which it is not known whether the journal has it.
    private let uncertain = Mutex<Evaluation?>(nil)

    init(_ parts: JetStreamDeliverySession.Parts, standing: SessionStanding, memory: PartitionMemory) {
        self.client = parts.client
        self.layout = parts.layout
        self.partition = parts.lease.partition
        self.lease = parts.lease
        self.standing = standing
        self.memory = memory
        self.journal = parts.journal
        self.clock = parts.clock
        self.logger = parts.logger
    }

    /// As ``DeliverySession/settle(_:)``.
    func settle(_ settlements: [Settlement]) async throws {
        try self.standing.check()
        guard !settlements.isEmpty else { return }
        try await self.lock.withLock {
            try self.standing.check()
            try await self.resolve()
            let bodies = try await self.lookUp(settlements)
            var evaluation = self.memory.withLock { self.evaluate(settlements, &$0) }
            let (buried, refused) = try await self.bury(evaluation.burials, bodies)
            evaluation.change.settled = SequenceSet(evaluation.gone + buried).ranges
            let waiting = try self.postpone(refused, &evaluation)
            for settlement in settlements {
                if case .dead = settlement { continue }
                // Decided otherwise since.
                if let sequence = CallId.sequence(of: settlement.id, in: self.partition) {
                    self.postponed.forget([sequence])
                }
            }
            // Each sequence was put into it once.
            if !evaluation.change.isEmpty { try await self.record(evaluation) }
            self.tell(self.postponed.remember(waiting, forget: buried))
            guard !evaluation.change.isEmpty else { return }
            if self.journal.isLong {
                let ledger = self.memory.withLock { $0.ledger }
                try await self.guardOwnership { try await self.journal.writeSnapshot(ledger) }
            }
        }
    }

    /// Finishes a settlement of which it is not known whether it is in the journal.
    private func resolve() async throws {
        guard let evaluation = self.uncertain.withLock({ $0 }) else {
            return try await self.guardOwnership { try await self.journal.resolve() }
        }
        try await self.guardOwnership { try await self.journal.resolve() }
        self.take(evaluation)
    }

    private func record(_ evaluation: Evaluation) async throws {
        self.uncertain.withLock { $0 = evaluation }
        try await self.guardOwnership { try await self.journal.write(.settled(evaluation.change)) }
        self.take(evaluation)
    }

    private func take(_ evaluation: Evaluation) {
        self.uncertain.withLock { $0 = nil }
        self.memory.withLock { state in
            state.ledger.apply(evaluation.change, freshGone: evaluation.freshGone)
            for gone in evaluation.freshGone { state.forget(gone.sequence) }
        }
    }

    private func guardOwnership(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as SpoolError where error.code == .missing {
            self.lease.lose("another gateway has it")
            throw error
        }
    }

    /// Reads the calls that settlements are about, where they are needed (dead letters) or nothing is known of them.
    private func lookUp(_ settlements: [Settlement]) async throws -> [UInt64: StoredCall] {
        let wanted = self.memory.withLock { state -> Set<UInt64> in
            var wanted: Set<UInt64> = []
            for settlement in settlements {
                guard let sequence = CallId.sequence(of: settlement.id, in: self.partition) else { continue }
                switch state.ledger.standing(of: sequence) {
                case .gone: continue
                case .deferred: if case .dead = settlement { wanted.insert(sequence) }
                case .open:
                    if case .dead = settlement {
                        wanted.insert(sequence)
                    } else if state.known(sequence) == nil {
                        wanted.insert(sequence)
                    }
                }
            }
            return wanted
        }
        guard !wanted.isEmpty else { return [:] }
        let found = try await self.standing.reading { () throws(SpoolError) in
            try await self.client.storedCalls(self.layout, self.partition, wanted.sorted())
        }
        self.memory.withLock { state in
            for (sequence, call) in found { state.remember(call, sequence) }
        }
        return found
    }

    /// What settlements come to, taken in their order.
    private func evaluate(_ settlements: [Settlement], _ state: inout PartitionMemory.State) -> Evaluation {
        enum Fate {
            case settled
            case deferred(DeferredEntry, source: String)
        }
        var evaluation = Evaluation()
        var fates: [UInt64: Fate] = [:]

        for settlement in settlements {
            guard let sequence = CallId.sequence(of: settlement.id, in: self.partition) else { continue }
            let before: (entry: DeferredEntry, source: String, isDeferred: Bool)
            switch fates[sequence] {
            case .settled: continue
            case .deferred(let entry, let source): before = (entry, source, true)
            case nil:
                switch state.ledger.standing(of: sequence) {
                case .gone: continue
                case .deferred(let entry): before = (entry, state.ledger.sources[entry.source], true)
                case .open:
                    // No call has this sequence, or it was not there when it was looked up.
                    guard let known = state.known(sequence) else { continue }
                    let entry = DeferredEntry(lane: known.lane, source: 0, size: known.size)
                    before = (entry, known.source, false)
                    evaluation.freshGone.append((sequence, known.source))
                }
            }
            switch settlement {
            case .delivered:
                fates[sequence] = .settled
                evaluation.gone.append(sequence)
                evaluation.change.delivered[before.source, default: 0] += 1
            case .dead(_, let reason):
                fates[sequence] = .settled
                var entry = before.entry
                entry.attempts = reason.attempts
                evaluation.burials.append(
                    Burial(sequence: sequence, source: before.source, entry: entry, reason: reason)
                )
            case .retry(_, let attempts, let firstAttemptAt, let notBefore, _):
                var entry = before.entry
                entry.attempts = attempts
                entry.firstAttemptAt = firstAttemptAt
                entry.notBefore = notBefore
                fates[sequence] = .deferred(entry, source: before.source)
            case .park: fates[sequence] = .deferred(before.entry, source: before.source)
            }
        }
        for (sequence, fate) in fates.sorted(by: { $0.key < $1.key }) {
            guard case .deferred(let entry, let source) = fate else { continue }
            evaluation.change.deferred.append(LedgerChange.Deferral(sequence: sequence, source: source, entry: entry))
        }
        return evaluation
    }

    /// Writes dead letters. Under the same subject a letter that is written again takes the place of the first.
    ///
    /// Returns those that are gone, and those for which there is no room.
    private func bury(
        _ burials: [Burial],
        _ bodies: [UInt64: StoredCall]
    ) async throws(SpoolError) -> (buried: [UInt64], refused: [Burial]) {
        guard !burials.isEmpty else { return ([], []) }
        // Where the message is gone, there is nothing left to keep.
        var buried = burials.map(\.sequence).filter { bodies[$0] == nil }
        var written: [(burial: Burial, message: OutgoingMessage)] = []
        for burial in burials {
            guard let call = bodies[burial.sequence] else { continue }
            let entry = burial.entry
            let letter = DeadLetter(
                call: call.with(attempts: entry.attempts, firstAttemptAt: entry.firstAttemptAt, notBefore: 0),
                reason: burial.reason
            )
            var message = OutgoingMessage(
                self.layout.deadSubject(source: call.source, code: burial.reason.code, id: call.id),
                DeadRecord.encode(letter)
            )
            message.messageId = "dead.\(call.id)"
            written.append((burial, message))
        }
        let results = await Gathering<Result<PublishAck, RequestError>>.all(written.map(\.message)) { message, done in
            self.client.publish(message, done)
        }
        var refused: [Burial] = []
        for (each, result) in zip(written, results) {
            switch result {
            case .success: buried.append(each.burial.sequence)
            case .failure(let error):
                let failure = SpoolError(error, "The stream \(self.layout.dead)")
                guard failure.code == .full else { throw failure }
                refused.append(each.burial)
            }
        }
        return (buried, refused)
    }

    // MARK: Dead letters without room

    /// Has calls that cannot be given up deferred, unless they are for this reason already, and for a while. Returns what is to be
    /// tried again.
    private func postpone(
        _ refused: [Burial],
        _ evaluation: inout Evaluation
    ) throws(SpoolError) -> [UInt64: DeadReason] {
        guard !refused.isEmpty else { return [:] }
        guard self.postponed.hasRoom(for: refused.map(\.sequence)) else { throw self.isFull }
        var waiting: [UInt64: DeadReason] = [:]
        // For whoever reads the lane meanwhile, or comes next, and knows nothing of it: he sends the call again, and gives it up.
        let now = self.clock()
        let notBefore = now &+ PostponedBurials.longestPause * 1_000
        for burial in refused {
            waiting[burial.sequence] = burial.reason
            if self.postponed.contains(burial.sequence), burial.entry.notBefore > now { continue }
            var entry = burial.entry
            entry.notBefore = notBefore
            evaluation.change.deferred.append(
                LedgerChange.Deferral(sequence: burial.sequence, source: burial.source, entry: entry)
            )
        }
        return waiting
    }

    private var isFull: SpoolError {
        SpoolError(
            code: .full,
            message: "The stream \(self.layout.dead) has no room for dead letters. Replay or drop some"
                + " (hydra-gateway dead), or raise spool.maximumBytes.",
            retryAfterSeconds: SpoolError.operatorPause
        )
    }

    private func tell(_ news: PostponedBurials.News?) {
        switch news {
        case .begun:
            self.logger.error(
                "calls cannot be given up: they stay in their lanes until there is room for dead letters",
                metadata: ["partition": "\(self.partition)", "error": "\(self.isFull)"]
            )
        case .ended:
            self.logger.notice("calls are given up again", metadata: ["partition": "\(self.partition)"])
        case nil: break
        }
    }

    /// Tries again when it is time.
    func tick() {
        guard let letters = self.postponed.due(limit: JetStreamClient.piece) else { return }
        Task {
            try? await self.settle(
                letters.map { .dead(id: CallId.make(partition: self.partition, sequence: $0.sequence), $0.reason) }
            )
            // What is gone by other ways needs no letter.
            let gone = self.memory.withLock { state in
                letters.map(\.sequence).filter { if case .gone = state.ledger.standing(of: $0) { true } else { false } }
            }
            self.tell(self.postponed.tried(gone: gone))
        }
    }
}
