internal import Logging
internal import Spool
internal import Synchronization

/// The right to deliver a partition of a ``JetStreamSpool``.
///
/// ``FreshReader`` and ``DeferredReader`` read, ``Settler`` settles, ``StreamTrimmer`` keeps the stream short; what they know of the
/// calls in common is in ``PartitionMemory``. Safe from any task; the ticker looks after its lease, its cursors and the stream's
/// length. It keeps the client's ticker, not the spool, alive, and lets the lease go with the last reference.
final class JetStreamDeliverySession: DeliverySession {
    struct Parts {
        let client: JetStreamClient
        let layout: StreamLayout
        let lease: PartitionLease
        let journal: PartitionJournal
        let ledger: PartitionLedger
        let intake: Intake
        let health: IntakeHealth
        let logger: Logger
        /// The wall clock, in milliseconds since 1970 UTC.
        let clock: @Sendable () -> Int64
        /// How far each cursor reads ahead, in bytes.
        let readAhead: Int
        /// How much of settled calls is kept, in bytes, because their ids are what duplicates are recognised by when a
        /// server begins anew.
        let keptBytes: Int64
        /// How far the stream reaches.
        let last: UInt64
        /// Called when the partition needs a later version of this program.
        let handBack: @Sendable (SpoolError) -> Void
    }

    private let client: JetStreamClient
    private let lease: PartitionLease
    private let standing: SessionStanding
    private let memory: PartitionMemory
    private let freshReader: FreshReader
    private let deferredReader: DeferredReader
    private let settler: Settler
    private let trimmer: StreamTrimmer
    private let ticker = Mutex<UInt64?>(nil)

    init(_ parts: Parts) {
        self.client = parts.client
        self.lease = parts.lease
        self.standing = SessionStanding(lease: parts.lease, handBack: parts.handBack)
        self.memory = PartitionMemory(ledger: parts.ledger)
        self.freshReader = FreshReader(parts, standing: self.standing, memory: self.memory)
        self.deferredReader = DeferredReader(parts, standing: self.standing, memory: self.memory)
        self.settler = Settler(parts, standing: self.standing, memory: self.memory)
        self.trimmer = StreamTrimmer(parts, memory: self.memory)
        let ticker = self.client.addTicker { [weak self] in self?.tick() }
        self.ticker.withLock { $0 = ticker }
    }

    deinit {
        self.letGo {}
    }

    // MARK: Reading

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
        try await self.freshReader.read(
            after: id,
            sources: sources,
            limit: limit,
            maximumBytes: maximumBytes,
            maximumRows: maximumRows
        )
    }

    func freshSources() async throws -> FreshSources {
        try await self.freshReader.sources()
    }

    func deferredLanes() async throws -> [DeferredLane] {
        try await self.deferredLanes(after: nil, limit: .max)
    }

    func deferredLanes(after lane: Int64?, limit: Int) async throws -> [DeferredLane] {
        try self.standing.check()
        return self.deferredReader.lanes(after: lane, limit: limit)
    }

    func deferred(lane: Int64, limit: Int, maximumBytes: Int) async throws -> [StoredCall] {
        try await self.deferred(lanes: [lane], limit: limit, maximumBytes: maximumBytes).first?.calls ?? []
    }

    func deferred(lanes: [Int64], limit: Int, maximumBytes: Int) async throws -> [DeferredCalls] {
        try self.standing.check()
        return try await self.deferredReader.read(lanes: lanes, limit: limit, maximumBytes: maximumBytes)
    }

    func waitForAppend(seen: Int64?, timeout: Duration) async {
        await self.freshReader.waitForAppend(seen: seen, timeout: timeout)
    }

    // MARK: Settling

    func settle(_ settlements: [Settlement]) async throws {
        try await self.settler.settle(settlements)
    }

    // MARK: Looking after it

    private func tick() {
        self.freshReader.tick()
        self.lease.tick {
            self.freshReader.scanAhead()
            return self.memory.summary
        }
        if self.lease.lost != nil { self.freshReader.wake() }
        self.settler.tick()
        self.trimmer.tick()
    }

    /// What only the owner knows; nil when it is none any more.
    var summary: LedgerSummary? {
        guard self.lease.lost == nil else { return nil }
        self.freshReader.scanAhead()
        return self.memory.summary
    }

    // MARK: Letting go

    func release() async {
        await withCheckedContinuation { continuation in
            self.letGo { continuation.resume() }
        }
    }

    func letGo(_ completion: @escaping @Sendable () -> Void) {
        self.freshReader.scanAhead()
        guard self.standing.release() else { return completion() }
        let ticker = self.ticker.withLock { ticker in
            defer { ticker = nil }
            return ticker
        }
        if let ticker { self.client.removeTicker(ticker) }
        self.freshReader.close()
        self.lease.release(self.memory.summary, completion)
    }
}
