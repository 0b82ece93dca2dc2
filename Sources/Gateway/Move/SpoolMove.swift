import Crypto
import Spool

/// Moves everything that waits in one spool, its dead letters and its rejected events to another: between files and
/// JetStream, either way.
///
/// Both spools must be stopped: the right to deliver of every partition on both sides is held while it runs, so that no
/// gateway takes from one or the other meanwhile, and so that what was counted is what is there.
///
/// ## Nothing is lost, whenever it ends
///
/// A call leaves the old spool only after the new one has acknowledged it. What was acknowledged and not yet taken away
/// when the move was cut off is appended a second time by the next one, under the same deduplication key, and so left
/// out. That key is one of the move, not that of the intake: a spool may still remember the intake's key of a call that
/// was moved away from it, and would leave it out when it comes back.
///
/// ## Order
///
/// A lane's deferred calls stand before its fresh ones, and each are read in their order, one batch after the other. So
/// the order of each lane is kept; that between lanes is not.
///
/// What is not kept: ids; how often and since when delivery was tried (it begins anew, at once); the messageIds of what
/// was delivered before, so that a client that repeats such an event after the move is recognised by Hydra alone.
struct SpoolMove {
    /// How many calls are appended at a time.
    private static let batchCalls = 500
    /// How many bytes of bodies.
    private static let batchBytes = 4 << 20

    let source: any Spool
    let destination: any Spool
    private(set) var journal: MoveJournal
    /// Called with the number of calls moved so far.
    var progress: (Int) -> Void = { _ in }
    /// For tests: runs between appending a batch and taking it away.
    var afterAppend: () throws -> Void = {}

    private(set) var result = Result()

    /// What was moved.
    struct Result: Equatable {
        var calls = 0
        var dead = 0
        var rejected = 0
        /// By how many calls the new spool has become longer: fewer than were moved where an earlier move, which was cut
        /// off, had brought some over.
        var newCalls = 0
        /// The same for dead letters.
        var newDead = 0
    }

    init(from source: any Spool, to destination: any Spool, journal: MoveJournal) {
        self.source = source
        self.destination = destination
        self.journal = journal
    }

    /// Moves all, and compares the figures of both sides afterwards.
    ///
    /// - Throws: ``SpoolMoveError`` or `SpoolError`. Whatever it is, the next move goes on where this one ended.
    mutating func run() async throws {
        let outgoing = try await Self.acquire(self.source, "from")
        let incoming: [any DeliverySession]
        do {
            incoming = try await Self.acquire(self.destination, "to")
        } catch {
            await Self.release(outgoing)
            throw error
        }
        let outcome: Swift.Result<Void, any Error>
        do {
            outcome = .success(try await self.move(from: outgoing, to: incoming))
        } catch {
            outcome = .failure(error)
        }
        await Self.release(outgoing + incoming)
        try outcome.get()
    }

    private mutating func move(from outgoing: [any DeliverySession], to incoming: [any DeliverySession]) async throws {
        let before = try self.destination.statistics()
        // First, while the queue behind has nothing new in it: each is found again there to be made a dead letter.
        try await self.moveDead(to: incoming)
        try await self.moveRejected()
        for (partition, session) in outgoing.enumerated() {
            try await self.moveDeferred(session, partition)
            try await self.moveFresh(session, partition)
        }
        try await self.verify(before: before)
        self.journal.remove()
    }

    /// Compares what both sides say with what was moved. A spool that counts from time to time may need a moment.
    private func verify(before: SpoolStatistics) async throws {
        var complaint = ""
        for _ in 0..<20 {
            let left = try self.source.statistics()
            let there = try self.destination.statistics()
            let calls = there.depth - before.depth
            let dead = there.dead - before.dead
            if left.depth != 0 || left.dead != 0 {
                complaint =
                    "\(left.depth) calls and \(left.dead) dead letters are still in the old spool: something writes to "
                    + "it. Stop it, and move again."
            } else if calls != self.result.newCalls || dead != self.result.newDead {
                complaint =
                    "\(self.result.newCalls) calls and \(self.result.newDead) dead letters should be new in the new spool, "
                    + "and \(calls) and \(dead) are. Look into it before anything delivers from it."
            } else {
                return
            }
            try await Task.sleep(for: .milliseconds(250))
        }
        throw SpoolMoveError(complaint)
    }

    // MARK: Calls

    private mutating func moveFresh(_ session: any DeliverySession, _ partition: Int) async throws {
        while true {
            let calls = try await session.fresh(after: 0, limit: Self.batchCalls, maximumBytes: Self.batchBytes)
            guard !calls.isEmpty else { return }
            try await self.move(calls, session, partition)
        }
    }

    private mutating func moveDeferred(_ session: any DeliverySession, _ partition: Int) async throws {
        while true {
            // From the first again: those that were moved are gone.
            let lanes = try await session.deferredLanes(after: nil, limit: Self.batchCalls).map(\.lane)
            guard !lanes.isEmpty else { return }
            for lane in lanes {
                while true {
                    let calls = try await session.deferred(
                        lane: lane,
                        limit: Self.batchCalls,
                        maximumBytes: Self.batchBytes
                    )
                    guard !calls.isEmpty else { break }
                    try await self.move(calls, session, partition)
                }
            }
        }
    }

    private mutating func move(_ calls: [StoredCall], _ session: any DeliverySession, _ partition: Int) async throws {
        let repeats = try await self.append(calls, partition: partition)
        try self.afterAppend()
        try await session.settle(calls.map { .delivered(id: $0.id) })
        self.result.calls += calls.count
        self.result.newCalls += calls.count - repeats
        self.progress(self.result.calls)
    }

    /// Returns how many were there already, once all are on disk.
    private func append(_ calls: [StoredCall], partition: Int) async throws -> Int {
        let batch = AppendBatch(
            calls: calls.map { call in
                NewCall(
                    source: call.source,
                    kind: call.kind,
                    lane: call.lane,
                    dedupe: self.journal.key(partition: partition, id: call.id, messageId: call.messageId),
                    messageId: call.messageId,
                    traceId: call.traceId,
                    receivedAt: call.receivedAt,
                    body: call.body
                )
            }
        )
        return try await self.append(batch).duplicates.count
    }

    private func append(_ batch: AppendBatch) async throws -> AppendReceipt {
        try await withCheckedThrowingContinuation { continuation in
            self.destination.append(batch) { continuation.resume(with: $0) }
        }
    }

    // MARK: Dead letters and rejected events

    /// A dead letter comes over as a call, which is given up for the same reason there. The protocol of spools knows no
    /// other way in.
    private mutating func moveDead(to incoming: [any DeliverySession]) async throws {
        // Where the calls that were moved stand: behind what was there before, unless an earlier move was cut off.
        var positions = [Int64](repeating: 0, count: incoming.count)
        while true {
            let letters = try self.source.deadLetters(source: nil, after: 0, limit: 100)
            guard !letters.isEmpty else { return }
            // Partition -1: ids of dead letters are their own.
            let repeats = try await self.append(letters.map(\.call), partition: -1)
            var wanted: [Identity: [DeadReason]] = [:]
            for letter in letters { wanted[Identity(letter.call), default: []].append(letter.reason) }
            for (index, session) in incoming.enumerated() {
                positions[index] = try await self.bury(&wanted, in: session, after: positions[index])
            }
            // What an earlier move has buried already is not in the queue any more.
            let missing = wanted.values.reduce(0) { $0 + $1.count }
            guard missing <= repeats else {
                throw SpoolMoveError("\(missing) dead letters were acknowledged by the new spool and are not in it.")
            }
            try self.afterAppend()
            _ = try self.source.dropDead(.ids(letters.map(\.id)))
            self.result.dead += letters.count
            // Those that an earlier move left among the calls are among them no longer.
            self.result.newCalls -= repeats - missing
            self.result.newDead += letters.count - missing
        }
    }

    /// What a moved call is found again by.
    private struct Identity: Hashable {
        let source: String
        let lane: Int64
        let messageId: String
        let traceId: String

        init(_ call: StoredCall) {
            self.source = call.source
            self.lane = call.lane
            self.messageId = call.messageId
            self.traceId = call.traceId
        }
    }

    /// Makes dead letters of the calls that are wanted, behind a position. Returns the position that was looked through.
    private func bury(
        _ wanted: inout [Identity: [DeadReason]],
        in session: any DeliverySession,
        after position: Int64
    ) async throws -> Int64 {
        var position = position
        while true {
            let calls = try await session.fresh(
                after: position,
                limit: Self.batchCalls,
                maximumBytes: Self.batchBytes
            )
            guard let last = calls.last else { return position }
            position = last.id
            let found = calls.compactMap { call -> Settlement? in
                let identity = Identity(call)
                guard let reason = wanted[identity]?.popLast() else { return nil }
                return .dead(id: call.id, reason)
            }
            if !found.isEmpty { try await session.settle(found) }
        }
    }

    private mutating func moveRejected() async throws {
        while true {
            let records = try self.source.rejectedEvents(after: self.journal.rejectedThrough, limit: 100)
            guard let last = records.last else { return }
            _ = try await self.append(AppendBatch(calls: [], rejected: records.map(\.event)))
            self.result.rejected += records.count
            try self.journal.advance(rejectedThrough: last.id)
        }
    }

    // MARK: The right to deliver

    /// The right to deliver every partition.
    private static func acquire(_ spool: any Spool, _ side: String) async throws -> [any DeliverySession] {
        var sessions: [any DeliverySession] = []
        for partition in 0..<max(1, spool.partitions) {
            do {
                sessions.append(try await self.acquire(spool, partition: partition))
            } catch {
                await self.release(sessions)
                guard error is CancellationError else { throw error }
                throw SpoolMoveError(
                    "a gateway delivers from the spool to move \(side): stop all gateways of both spools first"
                )
            }
        }
        return sessions
    }

    /// - Throws: `CancellationError` when somebody else has it for longer than it takes a dead process to lose it.
    private static func acquire(_ spool: any Spool, partition: Int) async throws -> any DeliverySession {
        try await withThrowingTaskGroup(of: (any DeliverySession)?.self) { group in
            group.addTask { try await spool.acquireDelivery(partition: partition) }
            group.addTask {
                try await Task.sleep(for: .seconds(20))
                return nil
            }
            defer { group.cancelAll() }
            guard let session = try await group.next() ?? nil else {
                group.cancelAll()
                if let late = try? await group.next() ?? nil { await late.release() }
                throw CancellationError()
            }
            return session
        }
    }

    private static func release(_ sessions: [any DeliverySession]) async {
        for session in sessions { await session.release() }
    }
}
