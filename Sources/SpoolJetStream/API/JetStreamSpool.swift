internal import Dispatch
internal import GroupCommit
package import Logging
package import Spool
internal import Synchronization

/// The spool on NATS JetStream: streams that several servers keep and several gateways share.
///
/// An append is answered when a majority of the servers that keep the stream has acknowledged it. Whether it is on their disks then
/// is the servers' configuration: ``ServerWatch`` reads it, and ``Durability`` says it. With `sync_interval: always` a call is safe
/// from the loss of power of all servers; without it, one server that loses power while another is slow is enough to lose calls.
///
/// What waits for a partition at the same time is stored as one atomic batch: whole or not at all.
///
/// Duplicates are recognised by the servers, which remember the ids of messages in memory and read them from the stream again
/// when they start. So a settled call stays in its stream until the stream is longer than a quarter of its bound, and beyond
/// that a server that was restarted does not know its id any more.
///
/// What ``statistics()`` says of appended and duplicate calls of a source counts this process since its start; of fresh and
/// deferred calls of a source, what the owner of each partition has read so far; totals are of all. The owner's figures are up
/// to a second old when it is another process.
///
/// All members may be called from any thread; those that block need no thread of the concurrency pool to go on.
package final class JetStreamSpool: Spool {
    private let configuration: JetStreamSpoolConfiguration
    private let logger: Logger
    private let client: JetStreamClient
    private let layout: StreamLayout
    private let health: IntakeHealth
    private let intake: Intake
    private let letters: DeadLetters
    private let watch: StreamWatch
    private let servers: ServerWatch
    private let others: Contenders
    private let sessions = Sessions()
    private let handedBack: HandedBack
    private let isClosed = Atomic<Bool>(false)

    /// Connects, and makes the streams or checks those that are there. Blocks: some seconds when a cluster is just beginning.
    ///
    /// - Throws: `unreachable` when no server answers; `misconfigured` when they refuse this client, have no JetStream, are
    ///   too old or do not sync, or when a stream differs from what the configuration says.
    package init(configuration: JetStreamSpoolConfiguration, logger: Logger) throws(SpoolError) {
        let client = try JetStreamClient(configuration, logger: logger)
        let layout = StreamLayout(name: configuration.name, partitions: configuration.partitions)
        let servers = ServerWatch(client: client, layout: layout, monitors: configuration.monitors, logger: logger)
        do throws(SpoolError) {
            try StreamSetup(client: client, configuration: configuration, layout: layout, logger: logger).run()
            try servers.start(requiresSync: configuration.requiresSync)
        } catch {
            client.close()
            throw error
        }
        let health = IntakeHealth(
            client: client,
            layout: layout,
            maximumBytes: StreamSetup.callBytes(configuration)
        )
        self.configuration = configuration
        self.logger = logger
        self.client = client
        self.layout = layout
        self.health = health
        self.intake = Intake(
            client: client,
            layout: layout,
            health: health,
            replicas: configuration.replicas,
            logger: logger
        )
        self.letters = DeadLetters(client: client, layout: layout)
        self.watch = StreamWatch(client: client, layout: layout, health: health, logger: logger)
        self.servers = servers
        self.handedBack = HandedBack(logger: logger)
        self.others = Contenders(client: client, layout: layout)
        self.watch.start()
        self.others.start()
    }

    deinit {
        guard !self.isClosed.load(ordering: .acquiring) else { return }
        // The last reference may go away in a completion, on a thread that closing waits for.
        let parts = self.parts
        do {
            try WorkerThread.start(name: "nats-close") { parts.close() }
        } catch {
            // Its leases expire.
            self.logger.error("a spool stays open", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Intake

    /// The calls of one partition, so all of a user, are stored whole or not at all, but for more than a thousand: then their beginning
    /// may be. When a batch fails, what another partition has stored of it is recognised when it is sent again.
    package func append(
        _ batch: AppendBatch,
        completion: @escaping @Sendable (Result<AppendReceipt, SpoolError>) -> Void
    ) {
        self.intake.append(batch, completion: completion)
    }

    package var refusing: SpoolError? { self.health.refusing }

    // MARK: Delivery

    package var partitions: Int { self.layout.partitions }

    /// Who died is counted for three seconds more.
    package var contenders: Int { self.others.count }

    /// Waits also while the servers cannot be reached.
    package func acquireDelivery(partition: Int) async throws -> any DeliverySession {
        guard (0..<self.layout.partitions).contains(partition) else {
            throw SpoolError.misconfigured("There is no partition \(partition): there are \(self.layout.partitions).")
        }
        while true {
            try await self.waitUntilOpen(partition)
            let lease = try await PartitionLease.acquire(
                self.client,
                self.layout,
                partition: partition,
                owner: self.configuration.owner,
                waits: { self.others.announce() },
                isClosed: { self.isClosed.load(ordering: .acquiring) },
                isTrouble: { self.handedBack.tell($0, partition: partition) }
            )
            if let session = try await self.open(lease) {
                self.sessions.add(session, partition: partition)
                return session
            }
        }
    }

    /// nil when the lease was lost before the session stood.
    private func open(_ lease: PartitionLease) async throws -> JetStreamDeliverySession? {
        let ticker = self.client.addTicker { lease.tick { lease.inherited } }
        defer { self.client.removeTicker(ticker) }
        while lease.lost == nil {
            do throws(PartitionJournal.OpeningError) {
                return try await self.begin(lease)
            } catch {
                if self.isClosed.load(ordering: .acquiring) || Task.isCancelled {
                    lease.release(lease.inherited) {}
                    try Task.checkCancellation()
                    throw SpoolError.closed
                }
                switch error {
                case .newer(let version):
                    lease.release(lease.inherited) {}
                    self.handedBack.add(
                        .needsVersion(version, "The stream \(self.layout.journal(lease.partition))"),
                        partition: lease.partition
                    )
                    return nil
                case .request(let error):
                    let what = "The stream \(self.layout.journal(lease.partition))"
                    self.handedBack.tell(SpoolError(error, what), partition: lease.partition)
                }
            }
            try? await Task.sleep(for: .milliseconds(300))
        }
        return nil
    }

    /// A partition that needs a later version is left alone for a while: another gateway may have it, and may have settled what this
    /// one cannot read.
    private func waitUntilOpen(_ partition: Int) async throws {
        while self.handedBack.isPaused(partition) {
            if self.isClosed.load(ordering: .acquiring) { throw SpoolError.closed }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    private func begin(
        _ lease: PartitionLease
    ) async throws(PartitionJournal.OpeningError) -> JetStreamDeliverySession {
        let (journal, found) = try await PartitionJournal.open(
            self.client,
            self.layout,
            partition: lease.partition,
            term: lease.term,
            owner: self.configuration.owner,
            logger: self.logger
        )
        let stream: StreamState
        do throws(RequestError) {
            stream = StreamState(try await self.client.ask("STREAM.INFO.\(self.layout.calls(lease.partition))"))
        } catch {
            throw .request(error)
        }
        self.handedBack.tell(nil, partition: lease.partition)
        var ledger = found
        if ledger.floor > stream.last {
            self.logger.error(
                "the stream of calls was made anew: what its journal says of the one before does not count",
                metadata: ["stream": "\(self.layout.calls(lease.partition))"]
            )
            ledger = PartitionLedger()
        }
        ledger.raiseFloor(to: stream.messages == 0 ? stream.last : max(1, stream.first) - 1)
        ledger.beginScan()
        return JetStreamDeliverySession(
            JetStreamDeliverySession.Parts(
                client: self.client,
                layout: self.layout,
                lease: lease,
                journal: journal,
                ledger: ledger,
                intake: self.intake,
                health: self.health,
                logger: self.logger,
                clock: self.configuration.clock,
                readAhead: max(256 << 10, (32 << 20) / self.layout.partitions),
                keptBytes: StreamSetup.callBytes(self.configuration) / 4,
                last: stream.last,
                handBack: { [handedBack = self.handedBack, partition = lease.partition] in
                    handedBack.add($0, partition: partition)
                }
            )
        )
    }

    // MARK: Looking and repairing

    package func statistics() throws -> SpoolStatistics {
        let figures = try self.partitionFigures()
        let dead = try self.letters.statistics()
        let rejected = try self.letters.rejectedStatistics()
        var sources: [String: SourceStatistics] = [:]
        func change(_ name: String, _ body: (inout SourceStatistics) -> Void) {
            var source = sources[name] ?? SourceStatistics(source: name)
            body(&source)
            sources[name] = source
        }
        var statistics = SpoolStatistics()
        for figure in figures {
            statistics.fresh += figure.fresh
            statistics.deferred += figure.summary.deferred
            statistics.appended += Int(clamping: figure.stream.last)
            statistics.bytes += figure.stream.bytes
            statistics.lastId = max(
                statistics.lastId,
                figure.stream.last == 0 ? 0 : CallId.make(partition: figure.partition, sequence: figure.stream.last)
            )
            statistics.dedupeIds += Int(clamping: figure.stream.messages)
            for source in figure.summary.sources {
                statistics.delivered += source.delivered
                change(source.name) {
                    $0.delivered += source.delivered
                    $0.deferred += source.deferred
                    $0.fresh += source.fresh
                }
            }
            if let oldest = figure.oldest {
                statistics.oldestReceivedAt = min(statistics.oldestReceivedAt ?? .max, oldest.receivedAt)
                change(oldest.source) { $0.oldestReceivedAt = min($0.oldestReceivedAt ?? .max, oldest.receivedAt) }
            }
        }
        statistics.dead = dead.total
        statistics.bytes += dead.bytes + rejected.bytes
        for (name, count) in dead.sources { change(name) { $0.dead = count } }
        statistics.rejected = rejected.total
        statistics.rejectedDropped = rejected.dropped
        for (name, count) in rejected.sources { change(name) { $0.rejected = count } }
        let counts = self.intake.counts
        for (name, count) in counts.appended { change(name) { $0.appended = count } }
        for (name, count) in counts.duplicates {
            statistics.duplicates += count
            change(name) { $0.duplicates = count }
        }
        statistics.maximumBytes = StreamSetup.callBytes(self.configuration) * Int64(self.layout.partitions)
        statistics.freeBytes = max(0, statistics.maximumBytes - statistics.bytes)
        let window = self.configuration.dedupeWindow.components
        statistics.dedupeWindow = window.seconds * 1000 + window.attoseconds / 1_000_000_000_000_000
        statistics.durability = self.servers.durability
        statistics.refusing = self.refusing
        statistics.sources = sources.values.sorted { $0.source < $1.source }
        statistics.partitions = figures.map(\.statistics)
        return statistics
    }

    private func partitionFigures() throws -> [PartitionFigures] {
        let sessions = self.sessions
        return try PartitionFigures.read(
            client: self.client,
            layout: self.layout,
            now: self.configuration.clock(),
            own: { sessions.live($0)?.summary }
        )
    }

    package func deadLetters(source: String?, after id: Int64, limit: Int) throws -> [DeadLetter] {
        try self.letters.letters(source: source, after: id, limit: limit)
    }

    package func deadLetter(id: Int64) throws -> DeadLetter? {
        try self.letters.letter(id: id)
    }

    package func newestDeadLetters(limit: Int) throws -> [DeadLetter] {
        try self.letters.newest(limit: limit)
    }

    package func deadIds(code: String?, after id: Int64, through: Int64, limit: Int) throws -> [Int64] {
        try self.letters.ids(code: code, after: id, through: through, limit: limit)
    }

    package func replayDead(_ selection: DeadSelection) throws -> Int {
        try self.letters.replay(selection)
    }

    package func dropDead(_ selection: DeadSelection) throws -> Int {
        try self.letters.drop(selection)
    }

    package func rejectedEvents(after id: Int64, limit: Int) throws -> [RejectedRecord] {
        try self.letters.rejected(after: id, limit: limit)
    }

    // MARK: Closing

    package func close() {
        guard !self.isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.parts.close()
    }

    private var parts: Parts {
        Parts(
            client: self.client,
            intake: self.intake,
            health: self.health,
            watch: self.watch,
            servers: self.servers,
            others: self.others,
            sessions: self.sessions
        )
    }

    /// What has to be closed, in this order.
    private struct Parts: Sendable {
        let client: JetStreamClient
        let intake: Intake
        let health: IntakeHealth
        let watch: StreamWatch
        let servers: ServerWatch
        let others: Contenders
        let sessions: Sessions

        func close() {
            self.intake.close()
            self.health.closed()
            self.watch.stop()
            self.servers.stop()
            // What is under way is answered, or fails for want of an answer.
            let until = ContinuousClock.now + JetStreamClient.patience
            while !self.intake.isIdle, ContinuousClock.now < until {
                _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(5))
            }
            // First, so that whoever takes what is let go does not leave this process its part.
            self.others.leave()
            self.sessions.releaseAll()
            self.client.close()
        }
    }

    /// The sessions of this process, for their figures and for the end.
    private final class Sessions: Sendable {
        private struct Reference {
            weak var session: JetStreamDeliverySession?
        }

        private let references = Mutex<[Int: Reference]>([:])

        func add(_ session: JetStreamDeliverySession, partition: Int) {
            self.references.withLock { $0[partition] = Reference(session: session) }
        }

        func live(_ partition: Int) -> JetStreamDeliverySession? {
            self.references.withLock { $0[partition]?.session }
        }

        /// Lets all leases go, and waits a moment until the servers know.
        func releaseAll() {
            let sessions = self.references.withLock { references in references.values.compactMap(\.session) }
            let group = DispatchGroup()
            for session in sessions {
                group.enter()
                session.letGo { group.leave() }
            }
            _ = group.wait(timeout: .now() + .seconds(2))
        }
    }
}

// For tests, which must bring about what else only happens to processes that are stopped or killed.
extension JetStreamSpool {
    var owner: String { self.configuration.owner }

    /// Stops everything at once, without letting anything go.
    func fallSilent() {
        self.isClosed.store(true, ordering: .releasing)
        self.servers.stop()
        self.client.close()
    }

    /// Marks the leases of this process as let go, without its sessions' knowledge.
    func loseLease() async throws {
        for partition in 0..<self.layout.partitions {
            let document = try await self.client.ask(
                "STREAM.MSG.GET.\(self.layout.owners)",
                PartitionLease.selector(self.layout, partition)
            )
            guard let stored = StoredMessage(document), var record = LeaseRecord.decode(stored.payload).record
            else { continue }
            record.isReleased = true
            _ = try await self.client.publish(OutgoingMessage(self.layout.ownerSubject(partition), record.bytes))
        }
    }
}
