package import Hydra
package import Logging
package import Spool
internal import Synchronization

/// Delivers what is in the spool: in order for each lane, as often as it takes, and not longer than it makes sense.
///
/// Settling follows sending: a process that dies in between sends a call again, under the same idempotency key. See
/// ``RelayMachine`` for how lanes and destinations are kept apart, ``RetrySchedule`` for when a call is tried again,
/// ``DestinationGate`` for when a destination is left alone. Any thread.
package final class Relay: Sendable {
    private struct State {
        var engine: RelayEngine?
        var isRunning = false
        var isDelivering = false
        var counters = RelayCounters()
        var lastFigures = RelayFigures()
    }

    private let spool: any Spool
    private let sender: any CallSending
    private let options: RelayOptions
    private let destination: @Sendable (String) -> Destination?
    private let observer: any RelayObserver
    private let logger: Logger
    private let clock: any RelayClock
    private let seed: @Sendable () -> UInt64
    private let state = Mutex(State())

    /// - Parameters:
    ///   - spool: read and settled through one delivery session at a time; not closed.
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
        self.sender = sender
        self.options = options
        self.destination = destination
        self.observer = observer
        self.logger = logger
        self.clock = clock
        self.seed = seed
    }

    /// Delivers until the task is cancelled. Waits first until no other process delivers.
    ///
    /// After cancellation nothing new is sent, requests in flight may finish within ``RelayOptions/stopWithin``, what
    /// became of them is settled, and the right to deliver is given back; then this returns. It also returns when the
    /// spool was closed. When the spool's files disappear or are set aside it begins anew with what is there then.
    ///
    /// - Throws: ``RelayError``; `SpoolError` when the spool was closed before.
    package func run() async throws {
        var pause = self.options.spoolRetryBase
        while true {
            do {
                guard try await self.deliver(deadline: nil).isToBeContinued else { return }
            } catch let error as SpoolError where error.code != .stopped {
                self.logger.error("the right to deliver cannot be had; it is tried again", error: error)
            }
            try? await self.clock.sleep(until: self.clock.now().monotonic &+ max(0, pause.milliseconds))
            guard !Task.isCancelled else { return }
            pause = min(pause * 2, self.options.spoolRetryCap)
        }
    }

    /// Delivers what is due, for a process that does not stay: returns when nothing is left to do before the deadline,
    /// at the latest a bounded time after it. Calls that are to be tried again later stay in the spool.
    ///
    /// - Parameter deadline: from now. Waiting for another process that delivers counts, too; if that does not end,
    ///   ``RelayFigures/isDelivering`` of the result is false and nothing was done.
    /// - Throws: as ``run()``.
    package func deliverOnce(deadline: Duration) async throws -> RelayFigures {
        try await self.deliver(deadline: self.clock.now().monotonic &+ max(0, deadline.milliseconds)).figures
    }

    /// What was done since the relay was made, and what it holds now.
    package var figures: RelayFigures {
        let (engine, last, isDelivering) = self.state.withLock { ($0.engine, $0.lastFigures, $0.isDelivering) }
        guard let engine else { return last }
        var figures = engine.figures
        figures.isDelivering = isDelivering
        return figures
    }

    /// The configuration changed: sources are looked up again. Cheap when nothing changed.
    package func destinationsChanged() {
        self.state.withLock { $0.engine }?.destinationsChanged()
    }

    // MARK: One delivery

    /// What a delivery came to.
    private struct Delivery {
        /// At its end; they say that this process delivers unless it never did.
        let figures: RelayFigures
        /// It ended although nobody asked for it: the spool's files were replaced.
        var isToBeContinued = false
    }

    private func deliver(deadline: Int64?) async throws -> Delivery {
        try self.state.withLock { state throws(RelayError) in
            guard !state.isRunning else { throw .alreadyRunning }
            state.isRunning = true
        }
        defer { self.state.withLock { $0.isRunning = false } }
        guard let session = try await self.acquire(deadline: deadline) else {
            return Delivery(figures: self.state.withLock { $0.lastFigures })
        }
        let counters = self.state.withLock { $0.counters }
        let engine = RelayEngine(
            session: session,
            machine: RelayMachine(
                options: self.options,
                seed: self.seed(),
                counters: counters,
                resolve: self.destination
            ),
            sender: self.sender,
            observer: self.observer,
            logger: self.logger,
            clock: self.clock,
            deadline: deadline
        )
        self.state.withLock { state in
            state.engine = engine
            state.isDelivering = true
        }
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
        let last = engine.figures
        self.state.withLock { state in
            state.counters = engine.counters
            state.lastFigures = last
            state.engine = nil
            state.isDelivering = false
        }
        var figures = last
        figures.isDelivering = true
        return Delivery(figures: figures, isToBeContinued: engine.hasLostSpool && !Task.isCancelled)
    }

    /// The right to deliver; nil when cancelled, or when the deadline is over, before it could be had.
    private func acquire(deadline: Int64?) async throws -> (any DeliverySession)? {
        do {
            guard let deadline else { return try await self.spool.acquireDelivery() }
            return try await withThrowingTaskGroup(of: (any DeliverySession)?.self) { group in
                group.addTask { try await self.spool.acquireDelivery() }
                group.addTask {
                    try await self.clock.sleep(until: deadline)
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
