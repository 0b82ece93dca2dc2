package import Hydra
package import Logging
package import Spool
internal import Synchronization

/// Delivers what is in the spool: in order for each lane, as often as it takes, and not longer than it makes sense.
///
/// Settling follows sending: a process that dies in between sends a call again, under the same idempotency key. See
/// ``RelayMachine`` for how lanes and destinations are kept apart, ``RetrySchedule`` for when a call is tried again,
/// ``DestinationGate`` for when a destination is left alone.
///
/// ## Partitions
///
/// Each partition of the spool is delivered by itself, by whichever process has the right to: one relay may hold some
/// and a relay in another process, or on another host, the others. Within this relay the bounds on memory
/// (``RelayOptions/part(of:)``) and on requests in flight (``SharedConcurrency``) hold over all its partitions; each has
/// a breaker of its own, so that at most as many requests probe a destination as partitions are held.
///
/// Relays that start together ask for partitions one by one, in an order drawn at random, and so come to share them. When one
/// more waits, those that have more than their part then give back what is too much; see ``RelayOptions/partitionTurn``. Any
/// thread.
package final class Relay: Sendable {
    private let spool: any Spool
    private let options: RelayOptions
    private let clock: any RelayClock
    private let seed: @Sendable () -> UInt64
    private let partitions: [PartitionDelivery]
    /// nil for a spool of one partition.
    private let concurrency: SharedConcurrency?
    private let states: DestinationStates?
    private let isRunning = Mutex(false)

    /// - Parameters:
    ///   - spool: read and settled through one delivery session of each partition at a time; not closed.
    ///   - sender: called from many tasks at once, never for two calls of one lane.
    ///   - destination: where a source's calls go; nil if the configuration does not know the source: then its calls
    ///     are kept. Asked when a source is first met and after ``destinationsChanged()``, under a lock of the relay:
    ///     it must be quick and must not call the relay.
    ///   - observer: is told of every attempt.
    ///   - logger: for trouble; one line when it begins and one when it ends.
    package convenience init(
        spool: any Spool,
        sender: any CallSending,
        options: RelayOptions,
        destination: @escaping @Sendable (_ source: String) -> Destination?,
        observer: any RelayObserver,
        logger: Logger
    ) {
        self.init(
            spool: spool,
            sender: sender,
            options: options,
            destination: destination,
            observer: observer,
            logger: logger,
            clock: SystemRelayClock(),
            seed: { UInt64.random(in: .min ... .max) }
        )
    }

    /// The same with a clock and seeds of jitter of the caller's.
    init(
        spool: any Spool,
        sender: any CallSending,
        options: RelayOptions,
        destination: @escaping @Sendable (_ source: String) -> Destination?,
        observer: any RelayObserver,
        logger: Logger,
        clock: any RelayClock,
        seed: @escaping @Sendable () -> UInt64
    ) {
        self.spool = spool
        self.options = options
        self.clock = clock
        self.seed = seed
        let count = max(1, spool.partitions)
        guard count > 1 else {
            self.concurrency = nil
            self.states = nil
            let surroundings = PartitionDelivery.Surroundings(
                spool: spool,
                sender: sender,
                options: options,
                destination: destination,
                logger: logger,
                clock: clock,
                seed: seed
            )
            self.partitions = [PartitionDelivery(partition: 0, observer: observer, surroundings: surroundings)]
            return
        }
        let concurrency = SharedConcurrency(sender: sender)
        let states = DestinationStates(observer: observer)
        let surroundings = PartitionDelivery.Surroundings(
            spool: spool,
            sender: concurrency,
            options: options.part(of: count),
            destination: { source in destination(source).map { concurrency.part(of: $0) } },
            logger: logger,
            clock: clock,
            seed: seed
        )
        self.concurrency = concurrency
        self.states = states
        self.partitions = (0..<count).map { partition in
            PartitionDelivery(
                partition: partition,
                observer: states.observer(of: partition),
                surroundings: surroundings
            )
        }
    }

    /// Delivers until the task is cancelled. Waits first, for each partition, until no other process delivers it.
    ///
    /// After cancellation nothing new is sent, requests in flight may finish within ``RelayOptions/stopWithin``, what
    /// became of them is settled, and the right to deliver is given back; then this returns. It also returns when the
    /// spool was closed. When the spool's files disappear or are set aside it begins anew with what is there then.
    ///
    /// - Throws: ``RelayError``; `SpoolError` when the spool was closed before.
    package func run() async throws {
        try self.begin()
        defer { self.end() }
        let company = self.company
        var random = SplitMix(seed: self.partitions.count > 1 ? self.seed() : 0)
        let start = self.clock.now().monotonic
        let pause = max(0, self.options.partitionPause.milliseconds)
        try await withThrowingDiscardingTaskGroup { group in
            for (rank, partition) in self.partitions.shuffled(using: &random).enumerated() {
                group.addTask {
                    if rank > 0 { try? await self.clock.sleep(until: start &+ pause &* Int64(rank)) }
                    guard !Task.isCancelled else { return }
                    try await partition.run(in: company)
                }
            }
        }
    }

    /// Delivers what is due, for a process that does not stay: returns when nothing is left to do before the deadline,
    /// at the latest a bounded time after it. Calls that are to be tried again later stay in the spool.
    ///
    /// - Parameter deadline: from now, for all partitions. Waiting for another process that delivers counts, too; if that
    ///   does not end for any partition, ``RelayFigures/isDelivering`` of the result is false and nothing was done.
    /// - Throws: as ``run()``.
    package func deliverOnce(deadline: Duration) async throws -> RelayFigures {
        try self.begin()
        defer { self.end() }
        let company = self.company
        let deadline = self.clock.now().monotonic &+ max(0, deadline.milliseconds)
        guard let concurrency else {
            guard let only = self.partitions.first else { return RelayFigures() }
            return try await only.deliver(deadline: deadline, in: nil).figures
        }
        let parts = try await withThrowingTaskGroup(of: RelayFigures.self) { group in
            for partition in self.partitions {
                group.addTask { try await partition.deliver(deadline: deadline, in: company).figures }
            }
            return try await group.reduce(into: [RelayFigures]()) { $0.append($1) }
        }
        return RelayFigures.sum(parts) { concurrency.limit(of: $0) }
    }

    /// What was done since the relay was made, and what it holds now: the sum over its partitions.
    package var figures: RelayFigures {
        guard let concurrency else { return self.partitions.first?.figures ?? RelayFigures() }
        return RelayFigures.sum(self.partitions.map(\.contribution)) { concurrency.limit(of: $0) }
    }

    /// The configuration changed: sources are looked up again. Cheap when nothing changed.
    package func destinationsChanged() {
        for partition in self.partitions { partition.destinationsChanged() }
    }

    // MARK: Several partitions

    /// What partitions that have others beside them tell and ask; nil for one alone.
    private var company: PartitionDelivery.Company? {
        guard let concurrency, let states else { return nil }
        let (spool, count) = (self.spool, self.partitions.count)
        return PartitionDelivery.Company(
            changed: { partition, isDelivered in
                concurrency.setHeld(partition, isDelivered)
                if !isDelivered { states.forget(partition) }
                // The parts of the others have another size now.
                self.destinationsChanged()
            },
            givesBack: { partition in
                let processes = spool.contenders + 1
                return concurrency.giveBack(partition, keeping: Self.share(of: count, among: processes))
            }
        )
    }

    /// The most partitions that one of so many processes keeps.
    static func share(of partitions: Int, among processes: Int) -> Int {
        max(1, (partitions - 1) / max(1, processes) + 1)
    }

    private func begin() throws(RelayError) {
        let wasRunning = self.isRunning.withLock { isRunning in
            defer { isRunning = true }
            return isRunning
        }
        if wasRunning { throw .alreadyRunning }
    }

    private func end() {
        self.isRunning.withLock { $0 = false }
    }
}
