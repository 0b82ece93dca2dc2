internal import Logging
internal import Spool
internal import Synchronization

/// Reads a partition's fresh calls, in their order, from any place on; takes note of what it sees on the way.
///
/// Safe from any task; the ticker looks after the cursors.
final class FreshReader: Sendable {
    private struct State {
        var cursors: [FreshCursor] = []
        /// Nothing was found up to here, however long it was waited for.
        var unreachable: UInt64 = 0
        var waitedFor: UInt64 = 0
    }

    private let client: JetStreamClient
    private let layout: StreamLayout
    private let partition: Int
    private let stream: String
    private let standing: SessionStanding
    private let memory: PartitionMemory
    private let intake: Intake
    private let logger: Logger
    private let readAhead: Int
    /// How far the stream reached at the beginning.
    private let last: UInt64
    private let arrived = AsyncSignal()
    private let state = Mutex(State())

    private static let cursorsMaximum = 4
    /// How many entries are looked at without letting go of the lock.
    private static let readRows = 512
    /// How long a read waits for servers before it fails.
    private static let patience: Duration = .seconds(5)

    init(_ parts: JetStreamDeliverySession.Parts, standing: SessionStanding, memory: PartitionMemory) {
        self.client = parts.client
        self.layout = parts.layout
        self.partition = parts.lease.partition
        self.stream = parts.layout.calls(parts.lease.partition)
        self.standing = standing
        self.memory = memory
        self.intake = parts.intake
        self.logger = parts.logger
        self.readAhead = parts.readAhead
        self.last = parts.last
        _ = self.cursor(after: parts.ledger.floor)
    }

    // MARK: Reading

    /// As ``DeliverySession/fresh(after:sources:limit:maximumBytes:maximumRows:)``.
    func read(
        after id: Int64,
        sources: SourceFilter,
        limit: Int,
        maximumBytes: Int,
        maximumRows: Int
    ) async throws -> FreshPage {
        try self.standing.check()
        let target = max(self.last, self.intake.acknowledged(self.partition))
        var position = CallId.position(after: id, in: self.partition)
        var scannedThrough = id
        var calls: [StoredCall] = []
        var bytes = 0
        var examined = 0
        var lastProgress = ContinuousClock.now
        var isMore = true
        while isMore {
            let count = self.arrived.count
            position = max(position, self.memory.floor)
            let cursor = self.cursor(after: position)
            let reading = cursor.read(after: position, rows: Self.readRows)
            var isFull = false
            var newer: (sequence: UInt64, version: UInt8)?
            self.memory.withLock { state in
                // Only what follows what was seen before says what is not there.
                let follows = position <= state.ledger.scannedThrough
                for entry in reading.entries {
                    if let version = entry.neededVersion, state.ledger.isFresh(entry.sequence) {
                        newer = (entry.sequence, version)
                        break
                    }
                    if follows { self.notice(entry, &state.ledger) }
                    position = entry.sequence
                    guard let call = entry.call, state.ledger.isFresh(entry.sequence) else { continue }
                    // Seen, but not taken: there is more behind.
                    isFull =
                        calls.count >= limit || (!calls.isEmpty && bytes >= maximumBytes) || examined >= maximumRows
                    if isFull { break }
                    examined += 1
                    scannedThrough = call.id
                    guard sources.includes(call.source) else { continue }
                    state.remember(call, entry.sequence)
                    bytes += call.body.count
                    calls.append(call)
                }
            }
            if isFull { break }
            if let newer {
                // What stands before it is delivered first.
                if !calls.isEmpty { break }
                throw self.standing.needsVersion(
                    newer.version,
                    "The call \(newer.sequence) of the stream \(self.stream)"
                )
            }
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
            try self.standing.check()
            try Task.checkCancellation()
        }
        return FreshPage(calls: calls, scannedThrough: scannedThrough, reachedEnd: !isMore)
    }

    /// Takes note of an entry that was read for the first time, if it follows what was.
    private func notice(_ entry: FreshCursor.Entry, _ ledger: inout PartitionLedger) {
        guard entry.sequence > ledger.scannedThrough else { return }
        if let call = entry.call {
            ledger.noticed(entry.sequence, source: call.source)
        } else {
            self.logger.warning(
                "a message in the stream of calls is none of ours: it is passed over",
                metadata: ["stream": "\(self.stream)", "sequence": "\(entry.sequence)"]
            )
            ledger.passedOver(entry.sequence)
        }
    }

    /// Takes note of what was read ahead. Whether waiting for more is of no use: all was seen, or the read-ahead is full.
    @discardableResult
    func scanAhead(through last: UInt64 = .max) -> Bool {
        while true {
            let position = self.memory.withLock { max($0.ledger.scannedThrough, $0.ledger.floor) }
            let cursor = self.state.withLock { $0.cursors.first { $0.covers(after: position) } }
            if position >= last { return true }
            guard let cursor else { return true }
            let reading = cursor.peek(after: position, rows: Self.readRows)
            guard !reading.entries.isEmpty else { return cursor.isFull }
            var isStopped = false
            self.memory.withLock { state in
                for entry in reading.entries {
                    // Left to a later version, with all behind it.
                    if entry.neededVersion != nil, state.ledger.isFresh(entry.sequence) {
                        isStopped = true
                        break
                    }
                    self.notice(entry, &state.ledger)
                }
            }
            if isStopped { return true }
        }
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

    /// As ``DeliverySession/freshSources()``.
    func sources() async throws -> FreshSources {
        try self.standing.check()
        // First how far the stream reaches, then what is in it: a call that comes in between is reported, not missed.
        let stream = try await self.streamState()
        // What was read ahead says it exactly.
        let until = ContinuousClock.now + .milliseconds(500)
        while true {
            let count = self.arrived.count
            let isDone = self.scanAhead(through: stream.last)
            guard !isDone, ContinuousClock.now < until else { break }
            await self.arrived.wait(after: count, timeout: .milliseconds(50))
        }
        let (known, scannedThrough) = self.memory.withLock { ($0.ledger.freshSources, $0.ledger.scannedThrough) }
        let lastID = CallId.make(partition: self.partition, sequence: stream.last)
        guard scannedThrough < stream.last else { return FreshSources(names: known.sorted(), lastID: lastID) }
        // Not all was read yet: each source that has any message in the stream may have a fresh call.
        let body = Array(#"{"subjects_filter":"\#(self.layout.callSubjects(self.partition))"}"#.utf8)
        let subjects = try await self.streamState(body).subjects
        let names = subjects.keys.compactMap { $0.split(separator: ".").last.flatMap { StreamLayout.text($0) } }
        return FreshSources(names: Set(names).union(known).sorted(), lastID: lastID)
    }

    private func streamState(_ body: [UInt8] = []) async throws -> StreamState {
        do throws(RequestError) {
            return StreamState(try await self.client.ask("STREAM.INFO.\(self.stream)", body))
        } catch {
            throw SpoolError(error, "The stream \(self.stream)")
        }
    }

    // MARK: Waiting

    /// As ``DeliverySession/waitForAppend(seen:timeout:)``.
    func waitForAppend(seen: Int64?, timeout: Duration) async {
        let until = ContinuousClock.now + timeout
        var count = self.arrived.count
        if let seen {
            var position = CallId.position(after: seen, in: self.partition)
            while true {
                position = max(position, self.memory.floor)
                let reading = self.cursor(after: position).read(after: position, rows: Self.readRows)
                let isFresh = self.memory.withLock { state in
                    reading.entries.contains {
                        ($0.call != nil || $0.neededVersion != nil) && state.ledger.isFresh($0.sequence)
                    }
                }
                if isFresh { break }
                if let last = reading.entries.last {
                    position = last.sequence
                    continue
                }
                let left = until - ContinuousClock.now
                guard left > .zero, !Task.isCancelled, (try? self.standing.check()) != nil else { break }
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

    /// Wakes who waits, to see that the session is over.
    func wake() { self.arrived.notify() }

    // MARK: Looking after it

    func tick() {
        let cursors = self.state.withLock { $0.cursors }
        for cursor in cursors { cursor.tick() }
    }

    func close() {
        let cursors = self.state.withLock { state in
            defer { state.cursors = [] }
            return state.cursors
        }
        for cursor in cursors { cursor.close() }
        self.arrived.notify()
    }
}
