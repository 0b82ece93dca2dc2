internal import Spool
internal import Synchronization

/// Records what became of a partition's calls: dead letters first, then the journal, then what is known of it here.
///
/// Safe from any task: one settles at a time.
final class Settler: Sendable {
    /// What settlements come to.
    private struct Evaluation: Sendable {
        var change = LedgerChange()
        var freshGone: [(sequence: UInt64, source: String)] = []
        var dead: [(sequence: UInt64, reason: DeadReason, attempts: Int, firstAttemptAt: Int64?)] = []
    }

    private let client: JetStreamClient
    private let layout: StreamLayout
    private let partition: Int
    private let lease: PartitionLease
    private let standing: SessionStanding
    private let memory: PartitionMemory
    private let journal: PartitionJournal
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
            try await self.bury(&evaluation, bodies)
            guard !evaluation.change.isEmpty else { return }
            // Each sequence was put into it once.
            try await self.record(evaluation)
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
        let found = try await self.client.storedCalls(self.layout, self.partition, wanted.sorted())
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
        var gone: [UInt64] = []

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
                gone.append(sequence)
                evaluation.change.delivered[before.source, default: 0] += 1
            case .dead(_, let reason):
                fates[sequence] = .settled
                gone.append(sequence)
                evaluation.dead.append((sequence, reason, reason.attempts, before.entry.firstAttemptAt))
            case .retry(_, let attempts, let firstAttemptAt, let notBefore, _):
                var entry = before.entry
                entry.attempts = attempts
                entry.firstAttemptAt = firstAttemptAt
                entry.notBefore = notBefore
                fates[sequence] = .deferred(entry, source: before.source)
            case .park: fates[sequence] = .deferred(before.entry, source: before.source)
            }
        }
        evaluation.change.settled = SequenceSet(gone).ranges
        for (sequence, fate) in fates.sorted(by: { $0.key < $1.key }) {
            guard case .deferred(let entry, let source) = fate else { continue }
            evaluation.change.deferred.append(LedgerChange.Deferral(sequence: sequence, source: source, entry: entry))
        }
        return evaluation
    }

    /// Writes dead letters. Under the same subject a letter that is written again takes the place of the first.
    private func bury(_ evaluation: inout Evaluation, _ bodies: [UInt64: StoredCall]) async throws {
        guard !evaluation.dead.isEmpty else { return }
        var messages: [OutgoingMessage] = []
        for dead in evaluation.dead {
            // Its message is gone: there is nothing left to keep.
            guard let call = bodies[dead.sequence] else { continue }
            let letter = DeadLetter(
                call: call.with(attempts: dead.attempts, firstAttemptAt: dead.firstAttemptAt, notBefore: 0),
                reason: dead.reason
            )
            var message = OutgoingMessage(
                self.layout.deadSubject(source: call.source, code: dead.reason.code, id: call.id),
                DeadRecord.encode(letter)
            )
            message.messageId = "dead.\(call.id)"
            messages.append(message)
        }
        let results = await Gathering<Result<PublishAck, RequestError>>.all(messages) { message, done in
            self.client.publish(message, done)
        }
        for case .failure(let error) in results { throw SpoolError(error, "The stream \(self.layout.dead)") }
    }
}
