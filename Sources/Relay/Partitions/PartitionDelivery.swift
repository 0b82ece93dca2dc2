internal import Hydra
internal import Logging
internal import Spool
internal import Synchronization

/// Delivers one partition of the spool: one session and one ``RelayEngine`` after the other. Any thread.
final class PartitionDelivery: Sendable {
    /// What all partitions of a relay have in common.
    struct Surroundings: Sendable {
        let spool: any Spool
        let sender: any CallSending
        let options: RelayOptions
        let destination: @Sendable (String) -> Destination?
        let logger: Logger
        let clock: any RelayClock
        let seed: @Sendable () -> UInt64
    }

    /// What a delivery came to.
    struct Delivery {
        /// How it ended.
        enum End {
            /// It was asked to, or it never had the right to deliver.
            case asked
            /// The spool's files were replaced.
            case lostSpool
            /// The right to deliver was given back so that another process can have it.
            case handedOver
        }

        /// At its end; they say that this process delivers unless it never did.
        let figures: RelayFigures
        var end = End.asked
    }

    /// What the relay that has this partition among others is told and asked.
    struct Company: Sendable {
        /// The partition is delivered here from now on, or is not any more.
        let changed: @Sendable (_ partition: Int, _ isDelivered: Bool) -> Void
        /// Whether this process has too many partitions; then this one is to be given back.
        let givesBack: @Sendable (_ partition: Int) -> Bool
    }

    private struct State {
        var engine: RelayEngine?
        var isDelivering = false
        var counters = RelayCounters()
        var lastFigures = RelayFigures()
        /// What engines of the past did, by destination.
        var past: [Endpoint: DestinationFigures] = [:]
    }

    let partition: Int
    private let surroundings: Surroundings
    private let observer: any RelayObserver
    private let state = Mutex(State())

    init(partition: Int, observer: any RelayObserver, surroundings: Surroundings) {
        self.partition = partition
        self.observer = observer
        self.surroundings = surroundings
    }

    // MARK: Figures

    /// What was done, and what is held now; after the end what was held then.
    var figures: RelayFigures {
        let (engine, last, isDelivering) = self.state.withLock { ($0.engine, $0.lastFigures, $0.isDelivering) }
        guard let engine else { return last }
        var figures = engine.figures
        figures.isDelivering = isDelivering
        figures.partitions = isDelivering ? 1 : 0
        return figures
    }

    /// The part of this partition in the figures of several: what it did, also under earlier engines, and what it holds
    /// while it is delivered here. What it held when another process took over is that one's to tell.
    var contribution: RelayFigures {
        let state = self.state.withLock { ($0.engine, $0.counters, $0.past.values, $0.isDelivering) }
        let (engine, counters, past, isDelivering) = state
        var figures = RelayFigures()
        if let engine, isDelivering {
            figures = engine.figures
            figures.isDelivering = true
            figures.partitions = 1
        } else {
            figures.delivered = counters.delivered
            figures.retried = counters.retried
            figures.dead = counters.dead
        }
        figures.destinations += past
        return figures
    }

    func destinationsChanged() {
        self.state.withLock { $0.engine }?.destinationsChanged()
    }

    // MARK: Delivering

    /// Delivers until the task is cancelled or the spool is closed.
    func run(in company: Company?) async throws {
        let options = self.surroundings.options
        let clock = self.surroundings.clock
        var pause = options.spoolRetryBase
        while true {
            var wait = pause
            do {
                switch try await self.deliver(deadline: nil, in: company).end {
                case .asked: return
                case .lostSpool: pause = min(pause * 2, options.spoolRetryCap)
                case .handedOver:
                    pause = options.spoolRetryBase
                    wait = options.handOverPause
                }
            } catch let error as SpoolError where error.code != .stopped {
                self.surroundings.logger.error(
                    "the right to deliver cannot be had; it is tried again",
                    error: error,
                    metadata: company == nil ? nil : ["partition": "\(self.partition)"]
                )
                pause = min(pause * 2, options.spoolRetryCap)
            }
            try? await clock.sleep(until: clock.now().monotonic &+ max(0, wait.milliseconds))
            guard !Task.isCancelled else { return }
        }
    }

    /// Delivers under one session.
    ///
    /// - Parameter deadline: monotonic milliseconds after which nothing is waited for; nil to go on until cancelled.
    func deliver(deadline: Int64?, in company: Company?) async throws -> Delivery {
        guard let session = try await self.acquire(deadline: deadline) else {
            return Delivery(figures: self.state.withLock { $0.lastFigures })
        }
        // First, so that the machine is told the right size of its part.
        company?.changed(self.partition, true)
        if deadline == nil, let company, company.givesBack(self.partition) {
            // Whoever has fewer waits for it as well.
            await session.release()
            company.changed(self.partition, false)
            return Delivery(figures: self.state.withLock { $0.lastFigures }, end: .handedOver)
        }
        let engine = RelayEngine(
            session: session,
            machine: RelayMachine(
                options: self.surroundings.options,
                seed: self.surroundings.seed(),
                counters: self.state.withLock { $0.counters },
                resolve: self.surroundings.destination
            ),
            sender: self.surroundings.sender,
            observer: self.observer,
            logger: self.surroundings.logger,
            clock: self.surroundings.clock,
            deadline: deadline
        )
        self.state.withLock { state in
            state.engine = engine
            state.isDelivering = true
        }
        let handOver = self.handOver(engine, deadline: deadline, in: company)
        // A task of its own: cancelling this one must let requests in flight finish.
        let work = Task {
            await engine.run()
            await session.release()
        }
        await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            engine.stop()
        }
        handOver?.cancel()
        let isHandedOver = await handOver?.value ?? false
        let last = engine.figures
        self.state.withLock { state in
            state.counters = engine.counters
            state.lastFigures = last
            if company != nil {
                for each in last.destinations {
                    state.past[each.destination.endpoint, default: each.cleared].addCounts(of: each)
                }
            }
            state.engine = nil
            state.isDelivering = false
        }
        company?.changed(self.partition, false)
        var figures = last
        figures.isDelivering = true
        figures.partitions = 1
        guard !Task.isCancelled else { return Delivery(figures: figures) }
        let end: Delivery.End = engine.hasLostSpool ? .lostSpool : isHandedOver ? .handedOver : .asked
        return Delivery(figures: figures, end: end)
    }

    /// Stops an engine when this process has more partitions than its part; the task's value says whether it did.
    ///
    /// Everybody waits for every partition that he has not got, and says so: that is how many processes there are. Whoever has
    /// more than his part gives back what is too much, and asks for it again only after a pause, in which the others get it. Of
    /// those, one that has its part already passes it on at once. Where nobody waits, nothing is given back.
    private func handOver(_ engine: RelayEngine, deadline: Int64?, in company: Company?) -> Task<Bool, Never>? {
        guard deadline == nil, let company else { return nil }
        let clock = self.surroundings.clock
        let turn = max(1, self.surroundings.options.partitionTurn.milliseconds)
        let partition = self.partition
        return Task {
            while true {
                // Drawn anew each time, so that processes that see each other's change do not all answer it together.
                let turn = Int64.random(in: (turn + 1) / 2...turn)
                guard (try? await clock.sleep(until: clock.now().monotonic &+ turn)) != nil else { return false }
                guard company.givesBack(partition) else { continue }
                engine.stop()
                return true
            }
        }
    }

    /// The right to deliver; nil when cancelled, or when the deadline is over, before it could be had.
    private func acquire(deadline: Int64?) async throws -> (any DeliverySession)? {
        let (spool, clock, partition) = (self.surroundings.spool, self.surroundings.clock, self.partition)
        do {
            guard let deadline else { return try await spool.acquireDelivery(partition: partition) }
            return try await withThrowingTaskGroup(of: (any DeliverySession)?.self) { group in
                group.addTask { try await spool.acquireDelivery(partition: partition) }
                group.addTask {
                    try await clock.sleep(until: deadline)
                    return nil
                }
                defer { group.cancelAll() }
                let first = try await group.next() ?? nil
                group.cancelAll()
                if first == nil, let late = try? await group.next() ?? nil { await late.release() }
                return first
            }
        } catch is CancellationError {
            return nil
        }
    }
}
