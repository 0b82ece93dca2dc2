internal import Logging
internal import Spool
internal import Synchronization

/// The right to deliver a partition of a ``JetStreamSpool``.
///
/// Safe from any task; the ticker looks after its lease, its cursors and the stream's length. It keeps the client's ticker, not
/// the spool, alive, and lets the lease go with the last reference.
final class JetStreamDeliverySession: DeliverySession {
    /// What is known of a fresh call that was handed out, so that settling it needs no question.
    private struct Known {
        let lane: Int64
        let source: String
        let size: Int
    }

    private struct State {
        var ledger: PartitionLedger
        var cursors: [FreshCursor] = []
        /// Two generations, so that calls that are handed out and never settled do not fill the memory.
        var known: [UInt64: Known] = [:]
        var knownBefore: [UInt64: Known] = [:]
        /// How far the stream reaches at least.
        var target: UInt64
        /// Nothing was found up to here, however long it was waited for.
        var unreachable: UInt64 = 0
        var waitedFor: UInt64 = 0
        /// A change of which it is not known whether the journal has it.
        var uncertain: Evaluation?
        var isReleased = false
        var ticker: UInt64?
        /// Bytes and place of the stream at the last look.
        var trim = Trim()
    }

    private struct Trim {
        var isUnderWay = false
        var at = ContinuousClock.now
        /// Settled calls above the floor up to here were erased.
        var erasedThrough: UInt64 = 0
        /// Missing sequences are being asked for.
        var isAsking = false
    }

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
    private let journal: PartitionJournal
    private let intake: Intake
    private let health: IntakeHealth
    private let logger: Logger
    private let readAhead: Int
    private let keptBytes: Int64
    private let stream: String
    private let arrived = AsyncSignal()
    private let settling = AsyncLock()
    private let state: Mutex<State>

    private static let knownMaximum = 100_000
    private static let cursorsMaximum = 4
    /// How many entries are looked at without letting go of the lock.
    private static let readRows = 512
    /// How long a read waits for servers before it fails.
    private static let patience: Duration = .seconds(5)

    struct Parts {
        let client: JetStreamClient
        let layout: StreamLayout
        let lease: PartitionLease
        let journal: PartitionJournal
        let ledger: PartitionLedger
        let intake: Intake
        let health: IntakeHealth
        let logger: Logger
        /// How far each cursor reads ahead, in bytes.
        let readAhead: Int
        /// How much of settled calls is kept, in bytes, because their ids are what duplicates are recognised by when a
        /// server begins anew.
        let keptBytes: Int64
        /// How far the stream reaches.
        let last: UInt64
    }

    init(_ parts: Parts) {
        self.client = parts.client
        self.layout = parts.layout
        self.partition = parts.lease.partition
        self.lease = parts.lease
        self.journal = parts.journal
        self.intake = parts.intake
        self.health = parts.health
        self.logger = parts.logger
        self.readAhead = parts.readAhead
        self.keptBytes = parts.keptBytes
        self.stream = parts.layout.calls(parts.lease.partition)
        self.state = Mutex(State(ledger: parts.ledger, target: parts.last))
        _ = self.cursor(after: parts.ledger.floor)
        let ticker = self.client.addTicker { [weak self] in self?.tick() }
        self.state.withLock { $0.ticker = ticker }
    }

    deinit {
        self.letGo {}
    }

    // MARK: Reading fresh calls

    func fresh(after id: Int64, limit: Int, maximumBytes: Int) async throws -> [StoredCall] {
        try await self.fresh(after: id, sources: .all, limit: limit, maximumBytes: maximumBytes, maximumRows: .max)
            .calls
    }

    func fresh(
        after id: Int64,
        sources: SourceFilter,
        limit: Int,
        maximumBytes: Int,
        maximumRows: Int
    ) async throws -> FreshPage {
        try self.check()
        let target = self.state.withLock { max($0.target, self.intake.acknowledged(self.partition)) }
        var position = CallId.position(after: id, in: self.partition)
        var scannedThrough = id
        var calls: [StoredCall] = []
        var bytes = 0
        var examined = 0
        var lastProgress = ContinuousClock.now
        var isMore = true
        while isMore {
            let count = self.arrived.count
            let floor = self.state.withLock { $0.ledger.floor }
            position = max(position, floor)
            let cursor = self.cursor(after: position)
            let reading = cursor.read(after: position, rows: Self.readRows)
            var isFull = false
            self.state.withLock { state in
                // Only what follows what was seen before says what is not there.
                let follows = position <= state.ledger.scannedThrough
                for entry in reading.entries {
                    if follows { self.notice(entry, &state) }
                    position = entry.sequence
                    guard let call = entry.call, state.ledger.isFresh(entry.sequence) else { continue }
                    // Seen, but not taken: there is more behind.
                    isFull =
                        calls.count >= limit || (!calls.isEmpty && bytes >= maximumBytes) || examined >= maximumRows
                    if isFull { break }
                    examined += 1
                    scannedThrough = call.id
                    guard sources.includes(call.source) else { continue }
                    Self.remember(call, entry.sequence, &state)
                    bytes += call.body.count
                    calls.append(call)
                }
            }
            if isFull { break }
            if !reading.entries.isEmpty {
                lastProgress = ContinuousClock.now
                continue
            }
            let isUnreachable = self.state.withLock { $0.unreachable >= target }
            if reading.isAtEnd, isUnreachable || position >= target || reading.next > target {
                isMore = false
                break
            }
            // What was read does not wait for servers that do not answer; nor does anything wait long for the last messages
            // of the stream when the servers say that there are none: somebody deleted them, or the server is behind, and
            // then they ring when they come.
            let patience: Duration = calls.isEmpty && !reading.isAtEnd ? Self.patience : .seconds(1)
            guard ContinuousClock.now - lastProgress < patience else {
                if reading.isAtEnd {
                    self.state.withLock { $0.unreachable = target }
                    isMore = false
                    break
                }
                if !calls.isEmpty { break }
                throw SpoolError.unreachable("The stream \(self.stream) cannot be read")
            }
            await self.arrived.wait(after: count, timeout: .milliseconds(250))
            try self.check()
            try Task.checkCancellation()
        }
        return FreshPage(calls: calls, scannedThrough: scannedThrough, reachedEnd: !isMore)
    }

    /// Takes note of an entry that was read for the first time, if it follows what was.
    private func notice(_ entry: FreshCursor.Entry, _ state: inout State) {
        guard entry.sequence > state.ledger.scannedThrough else { return }
        if let call = entry.call {
            state.ledger.noticed(entry.sequence, source: call.source)
        } else {
            self.logger.warning(
                "a message in the stream of calls is none of ours: it is passed over",
                metadata: ["stream": "\(self.stream)", "sequence": "\(entry.sequence)"]
            )
            state.ledger.passedOver(entry.sequence)
        }
    }

    /// Takes note of what was read ahead. Whether waiting for more is of no use: all was seen, or the read-ahead is full.
    @discardableResult
    private func scanAhead(through last: UInt64 = .max) -> Bool {
        while true {
            let (cursor, position) = self.state.withLock { state -> (FreshCursor?, UInt64) in
                let position = max(state.ledger.scannedThrough, state.ledger.floor)
                return (state.cursors.first { $0.covers(after: position) }, position)
            }
            if position >= last { return true }
            guard let cursor else { return true }
            let reading = cursor.peek(after: position, rows: Self.readRows)
            guard !reading.entries.isEmpty else { return cursor.isFull }
            self.state.withLock { state in
                for entry in reading.entries { self.notice(entry, &state) }
            }
        }
    }

    private static func remember(_ call: StoredCall, _ sequence: UInt64, _ state: inout State) {
        if state.known.count >= Self.knownMaximum {
            state.knownBefore = state.known
            state.known = [:]
        }
        state.known[sequence] = Known(lane: call.lane, source: call.source, size: call.body.count)
    }

    /// The cursor that a read behind this place goes on with; the one that was used longest ago makes room for a new one.
    private func cursor(after sequence: UInt64) -> FreshCursor {
        let (cursor, old, isNew) = self.state.withLock { state -> (FreshCursor, FreshCursor?, Bool) in
            if let cursor = state.cursors.first(where: { $0.covers(after: sequence) }) { return (cursor, nil, false) }
            var old: FreshCursor?
            if state.cursors.count >= Self.cursorsMaximum,
                let index = state.cursors.indices.min(by: { state.cursors[$0].usedAt < state.cursors[$1].usedAt })
            {
                old = state.cursors.remove(at: index)
            }
            let cursor = FreshCursor(
                self.client,
                stream: self.stream,
                partition: self.partition,
                from: sequence + 1,
                maximumBytes: self.readAhead,
                arrived: self.arrived
            )
            state.cursors.append(cursor)
            return (cursor, old, true)
        }
        old?.close()
        if isNew { cursor.tick() }
        return cursor
    }

    func freshSources() async throws -> FreshSources {
        try self.check()
        // First how far the stream reaches, then what is in it: a call that comes in between is reported, not missed.
        let stream = try await self.ask { () async throws(RequestError) in
            StreamState(try await self.client.ask("STREAM.INFO.\(self.stream)"))
        }
        // What was read ahead says it exactly.
        let until = ContinuousClock.now + .milliseconds(500)
        while true {
            let count = self.arrived.count
            let isDone = self.scanAhead(through: stream.last)
            guard !isDone, ContinuousClock.now < until else { break }
            await self.arrived.wait(after: count, timeout: .milliseconds(50))
        }
        let (known, scannedThrough) = self.state.withLock { ($0.ledger.freshSources, $0.ledger.scannedThrough) }
        let lastID = CallId.make(partition: self.partition, sequence: stream.last)
        guard scannedThrough < stream.last else { return FreshSources(names: known.sorted(), lastID: lastID) }
        // Not all was read yet: each source that has any message in the stream may have a fresh call.
        let body = Array(#"{"subjects_filter":"\#(self.layout.callSubjects(self.partition))"}"#.utf8)
        let subjects = try await self.ask { () async throws(RequestError) in
            StreamState(try await self.client.ask("STREAM.INFO.\(self.stream)", body)).subjects
        }
        let names = subjects.keys.compactMap { $0.split(separator: ".").last.flatMap { StreamLayout.text($0) } }
        return FreshSources(names: Set(names).union(known).sorted(), lastID: lastID)
    }

    private func ask<Value>(_ body: () async throws(RequestError) -> Value) async throws -> Value {
        do throws(RequestError) {
            return try await body()
        } catch {
            throw SpoolError(error, "The stream \(self.stream)")
        }
    }

    // MARK: Reading deferred calls

    func deferredLanes() async throws -> [DeferredLane] {
        try await self.deferredLanes(after: nil, limit: .max)
    }

    func deferredLanes(after lane: Int64?, limit: Int) async throws -> [DeferredLane] {
        try self.check()
        return self.state.withLock { $0.ledger.deferredLanes(after: lane, limit: limit, partition: self.partition) }
    }

    func deferred(lane: Int64, limit: Int, maximumBytes: Int) async throws -> [StoredCall] {
        try await self.deferred(lanes: [lane], limit: limit, maximumBytes: maximumBytes).first?.calls ?? []
    }

    func deferred(lanes: [Int64], limit: Int, maximumBytes: Int) async throws -> [DeferredCalls] {
        try self.check()
        // What to read is known without reading it.
        let chosen = self.state.withLock { state in
            var bytes = 0
            return lanes.map { lane -> [UInt64] in
                var sequences: [UInt64] = []
                for sequence in state.ledger.deferredSequences(lane: lane, limit: max(limit, 1)) {
                    if !sequences.isEmpty, bytes >= maximumBytes { break }
                    sequences.append(sequence)
                    bytes += state.ledger.deferred[sequence]?.size ?? 0
                }
                return sequences
            }
        }
        let sequences = chosen.flatMap { $0 }
        let messages = try await self.ask { () async throws(RequestError) in
            try await self.client.storedMessages(stream: self.stream, sequences: sequences)
        }
        var found: [UInt64: StoredCall] = [:]
        for message in messages {
            let id = CallId.make(partition: self.partition, sequence: message.sequence)
            found[message.sequence] = CallRecord.decode(message.payload, id: id)
        }
        return self.state.withLock { state in
            for sequence in sequences where found[sequence] == nil {
                self.logger.error(
                    "a deferred call is gone: somebody deleted its message",
                    metadata: ["stream": "\(self.stream)", "sequence": "\(sequence)"]
                )
                state.ledger.vanished(sequence)
            }
            return zip(lanes, chosen).map { lane, sequences in
                let calls = sequences.compactMap { sequence -> StoredCall? in
                    // Settled meanwhile: not deferred any more.
                    guard let call = found[sequence], let entry = state.ledger.deferred[sequence] else { return nil }
                    return call.with(
                        attempts: entry.attempts,
                        firstAttemptAt: entry.firstAttemptAt,
                        notBefore: entry.notBefore
                    )
                }
                return DeferredCalls(
                    lane: lane,
                    calls: calls,
                    hasMore: state.ledger.deferredCount(lane: lane) > calls.count
                )
            }
        }
    }

    // MARK: Settling

    func settle(_ settlements: [Settlement]) async throws {
        try self.check()
        guard !settlements.isEmpty else { return }
        try await self.settling.withLock {
            try self.check()
            try await self.resolve()
            let bodies = try await self.lookUp(settlements)
            var evaluation = self.state.withLock { self.evaluate(settlements, &$0) }
            try await self.bury(&evaluation, bodies)
            guard !evaluation.change.isEmpty else { return }
            // Each sequence was put into it once.
            try await self.record(evaluation)
            if self.journal.isLong {
                let ledger = self.state.withLock { $0.ledger }
                try await self.guardOwnership { try await self.journal.writeSnapshot(ledger) }
            }
        }
    }

    /// Finishes a settlement of which it is not known whether it is in the journal.
    private func resolve() async throws {
        guard let evaluation = self.state.withLock({ $0.uncertain }) else {
            return try await self.guardOwnership { try await self.journal.resolve() }
        }
        try await self.guardOwnership { try await self.journal.resolve() }
        self.take(evaluation)
    }

    private func record(_ evaluation: Evaluation) async throws {
        self.state.withLock { $0.uncertain = evaluation }
        try await self.guardOwnership { try await self.journal.write(.settled(evaluation.change)) }
        self.take(evaluation)
    }

    private func take(_ evaluation: Evaluation) {
        self.state.withLock { state in
            state.uncertain = nil
            state.ledger.apply(evaluation.change, freshGone: evaluation.freshGone)
            for gone in evaluation.freshGone {
                state.known[gone.sequence] = nil
                state.knownBefore[gone.sequence] = nil
            }
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
        let wanted = self.state.withLock { state -> Set<UInt64> in
            var wanted: Set<UInt64> = []
            for settlement in settlements {
                guard let sequence = CallId.sequence(of: settlement.id, in: self.partition) else { continue }
                switch state.ledger.standing(of: sequence) {
                case .gone: continue
                case .deferred: if case .dead = settlement { wanted.insert(sequence) }
                case .open:
                    if case .dead = settlement {
                        wanted.insert(sequence)
                    } else if state.known[sequence] == nil, state.knownBefore[sequence] == nil {
                        wanted.insert(sequence)
                    }
                }
            }
            return wanted
        }
        guard !wanted.isEmpty else { return [:] }
        let messages = try await self.ask { () async throws(RequestError) in
            try await self.client.storedMessages(stream: self.stream, sequences: wanted.sorted())
        }
        var found: [UInt64: StoredCall] = [:]
        for message in messages {
            let id = CallId.make(partition: self.partition, sequence: message.sequence)
            found[message.sequence] = CallRecord.decode(message.payload, id: id)
        }
        self.state.withLock { state in
            for (sequence, call) in found { Self.remember(call, sequence, &state) }
        }
        return found
    }

    /// What settlements come to, taken in their order.
    private func evaluate(_ settlements: [Settlement], _ state: inout State) -> Evaluation {
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
                    guard let known = state.known[sequence] ?? state.knownBefore[sequence] else { continue }
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

    // MARK: Waiting

    func waitForAppend(seen: Int64?, timeout: Duration) async {
        let until = ContinuousClock.now + timeout
        var count = self.arrived.count
        if let seen {
            var position = CallId.position(after: seen, in: self.partition)
            while true {
                let floor = self.state.withLock { $0.ledger.floor }
                position = max(position, floor)
                let reading = self.cursor(after: position).read(after: position, rows: Self.readRows)
                let isFresh = self.state.withLock { state in
                    reading.entries.contains { $0.call != nil && state.ledger.isFresh($0.sequence) }
                }
                if isFresh { break }
                if let last = reading.entries.last {
                    position = last.sequence
                    continue
                }
                let left = until - ContinuousClock.now
                guard left > .zero, !Task.isCancelled, (try? self.check()) != nil else { break }
                await self.arrived.wait(after: count, timeout: left)
                count = self.arrived.count
            }
        } else {
            let waitedFor = self.state.withLock { $0.waitedFor }
            await self.arrived.wait(after: waitedFor, timeout: timeout)
        }
        let now = self.arrived.count
        self.state.withLock { $0.waitedFor = now }
    }

    // MARK: Looking after it

    private func tick() {
        let cursors = self.state.withLock { $0.cursors }
        for cursor in cursors { cursor.tick() }
        self.lease.tick {
            self.scanAhead()
            return self.state.withLock { $0.ledger.summary }
        }
        if self.lease.lost != nil { self.arrived.notify() }
        self.trim()
        self.askForMissing()
    }

    /// Calls that were missing between their neighbours: the leader says whether they were deleted, by somebody, or left out by
    /// a server that has not got them. Until then the floor stays below them.
    private func askForMissing() {
        let sequences = self.state.withLock { state -> [UInt64] in
            guard !state.trim.isAsking else { return [] }
            let sequences = state.ledger.takeMissing(limit: JetStreamClient.piece)
            state.trim.isAsking = !sequences.isEmpty
            return sequences
        }
        guard !sequences.isEmpty else { return }
        Gathering<Result<StoredMessage?, RequestError>>.start(sequences) { sequence, done in
            self.client.storedMessage(stream: self.stream, Array(#"{"seq":\#(sequence)}"#.utf8), done)
        } done: { [weak self] results in
            guard let self else { return }
            var unknown: [UInt64] = []
            var found: UInt64?
            self.state.withLock { state in
                state.trim.isAsking = false
                for (sequence, result) in zip(sequences, results) {
                    switch result {
                    case .success(nil): state.ledger.vanished(sequence)
                    case .success: found = sequence
                    case .failure: unknown.append(sequence)
                    }
                }
                state.ledger.returnMissing(unknown)
            }
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
        let end = self.state.withLock { state -> UInt64? in
            guard !state.trim.isUnderWay, now - state.trim.at > .seconds(1), self.lease.lost == nil else { return nil }
            // A tenth more than is needed, so that there is a while until the next time.
            let share = Double(stream.bytes - self.keptBytes / 10 * 9) / Double(stream.bytes)
            let count = UInt64(Double(stream.messages) * min(1, share))
            let end = min(state.ledger.floor, stream.first + count)
            guard end >= stream.first, end > 0 else { return nil }
            state.trim.isUnderWay = true
            state.trim.at = now
            return end
        }
        guard let end else { return self.erase(stream) }
        self.client.ask("STREAM.PURGE.\(self.stream)", Array(#"{"seq":\#(end + 1)}"#.utf8)) { [weak self] _ in
            self?.state.withLock { $0.trim.isUnderWay = false }
        }
    }

    /// Deletes settled calls one by one, when the front of the stream is not settled and the stream takes more than twice the
    /// room that is kept: so a destination that is down for days does not fill the stream with calls of others.
    private func erase(_ stream: StreamState) {
        guard stream.bytes / 2 > self.keptBytes else { return }
        let sequences = self.state.withLock { state -> [UInt64] in
            guard !state.trim.isUnderWay, self.lease.lost == nil else { return [] }
            var sequences: [UInt64] = []
            for range in state.ledger.settled.ranges where range.upperBound > state.trim.erasedThrough {
                for sequence in max(range.lowerBound, state.trim.erasedThrough + 1)...range.upperBound {
                    sequences.append(sequence)
                    if sequences.count == Self.erasePiece { break }
                }
                if sequences.count == Self.erasePiece { break }
            }
            // From the front again, for what was settled behind.
            state.trim.erasedThrough = sequences.count == Self.erasePiece ? sequences.last ?? 0 : 0
            state.trim.isUnderWay = !sequences.isEmpty
            return sequences
        }
        guard !sequences.isEmpty else { return }
        Gathering<Bool>.start(sequences) { sequence, done in
            let body = Array(#"{"seq":\#(sequence),"no_erase":true}"#.utf8)
            self.client.ask("STREAM.MSG.DELETE.\(self.stream)", body) { _ in done(true) }
        } done: { [weak self] _ in
            self?.state.withLock { $0.trim.isUnderWay = false }
        }
    }

    private static let erasePiece = 500

    /// What only the owner knows; nil when it is none any more.
    var summary: LedgerSummary? {
        guard self.lease.lost == nil else { return nil }
        self.scanAhead()
        return self.state.withLock { $0.ledger.summary }
    }

    // MARK: Letting go

    func release() async {
        await withCheckedContinuation { continuation in
            self.letGo { continuation.resume() }
        }
    }

    func letGo(_ completion: @escaping @Sendable () -> Void) {
        self.scanAhead()
        let (cursors, ticker, summary, isFirst) = self.state.withLock { state in
            defer {
                state.isReleased = true
                state.cursors = []
                state.ticker = nil
            }
            return (state.cursors, state.ticker, state.ledger.summary, !state.isReleased)
        }
        guard isFirst else { return completion() }
        if let ticker { self.client.removeTicker(ticker) }
        for cursor in cursors { cursor.close() }
        self.arrived.notify()
        self.lease.release(summary, completion)
    }

    private func check() throws(SpoolError) {
        if self.state.withLock({ $0.isReleased }) {
            throw SpoolError(
                code: .stopped,
                message: "The delivery session has ended. Acquire another one.",
                retryAfterSeconds: SpoolError.passingPause
            )
        }
        if let lost = self.lease.lost { throw .ownershipLost(self.partition, lost) }
    }
}

extension SourceFilter {
    fileprivate func includes(_ source: String) -> Bool {
        switch self {
        case .all: true
        case .only(let sources): sources.contains(source)
        case .except(let sources): !sources.contains(source)
        }
    }
}
