internal import Hydra
internal import Logging
internal import Spool
internal import Synchronization

/// Runs a ``RelayMachine`` for one delivery session: does what it wants done and tells it what came of it.
///
/// Three kinds of tasks: one that waits for orders and starts reads and settlements, one that starts requests, and
/// one for each request in flight. A request's task takes the next request itself when it is answered, so that no task
/// is made for each call. The machine is behind a lock that is held for its transitions only, never across a call that
/// waits. Any thread.
final class RelayEngine: Sendable {
    private struct State {
        var machine: RelayMachine
        /// When to stop because nothing more is due, in monotonic milliseconds; nil for never.
        var deadline: Int64?
        var stopsAt: Stop = .never
        /// The session has come to its end: the spool's files were replaced.
        var hasLostSpool = false
        var waiter: Task<Void, Never>?
        var isOver = false
        /// What is to be told, in the order in which it happened.
        var reports: [RelayEvent] = []
        var isTelling = false
    }

    /// How far stopping has come.
    private enum Stop { case never, finishing, abandoned }

    private enum Order: Sendable {
        case settle([Settlement])
        case fetch(FreshRead)
        case survey
        case load(DeferredRead)
        case stop
    }

    private enum SendOrder: Sendable {
        case send(Dispatch)
        case cancel
    }

    private let session: any DeliverySession
    private let sender: any CallSending
    private let options: RelayOptions
    private let observer: any RelayObserver
    private let logger: Logger
    private let clock: any RelayClock

    private let state: Mutex<State>
    private let wakeup: Wakeup
    private let stopTimer: Wakeup
    private let orders: AsyncStream<Order>
    private let orderSink: AsyncStream<Order>.Continuation
    private let sends: AsyncStream<SendOrder>
    private let sendSink: AsyncStream<SendOrder>.Continuation

    /// - Parameter deadline: monotonic milliseconds after which nothing is waited for; nil to run until stopped.
    init(
        session: any DeliverySession,
        machine: RelayMachine,
        sender: any CallSending,
        observer: any RelayObserver,
        logger: Logger,
        clock: any RelayClock,
        deadline: Int64?
    ) {
        self.session = session
        self.sender = sender
        self.options = machine.options
        self.observer = observer
        self.logger = logger
        self.clock = clock
        self.state = Mutex(State(machine: machine, deadline: deadline))
        self.wakeup = Wakeup(clock: clock)
        self.stopTimer = Wakeup(clock: clock)
        (self.orders, self.orderSink) = AsyncStream.makeStream()
        (self.sends, self.sendSink) = AsyncStream.makeStream()
    }

    var figures: RelayFigures {
        let now = self.clock.now()
        return self.state.withLock { $0.machine.figures(at: now) }
    }

    var counters: RelayCounters { self.state.withLock { $0.machine.counters } }

    // MARK: Running

    /// Delivers until stopped, or in the case of a deadline until nothing is due before it.
    func run() async {
        guard await self.adoptDeferred() else { return }
        let deadline = self.state.withLock { $0.deadline }
        if let deadline { self.stopTimer.set(at: deadline) { [weak self] in self?.stop() } }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.runSends() }
            _ = self.drive { $0.begin(at: $1) }
            for await order in self.orders {
                if case .stop = order { break }
                group.addTask { await self.perform(order) }
            }
            self.wakeup.cancel()
            self.stopTimer.cancel()
            self.state.withLock { $0.waiter }?.cancel()
            self.sendSink.finish()
            group.cancelAll()
        }
    }

    /// Lets what is in flight finish, within bounds, and ends ``run()``. Any thread; may be called twice.
    func stop() {
        let (isFirst, waiter) = self.state.withLock { state -> (Bool, Task<Void, Never>?) in
            guard state.stopsAt == .never else { return (false, nil) }
            state.stopsAt = .finishing
            return (true, state.waiter)
        }
        guard isFirst else { return }
        waiter?.cancel()
        self.stopTimer.cancel()
        let now = self.clock.now().monotonic
        self.stopTimer.set(at: now &+ max(0, self.options.stopWithin.milliseconds)) { [weak self] in self?.abandon() }
        _ = self.drive { $0.stop(at: $1) }
    }

    /// The bound for requests in flight is over: they are cancelled, and only settlements are waited for.
    ///
    /// The bound for those begins once: a settlement that fails because the session is over fails again each time that it
    /// is tried, and would push the end away for ever.
    private func abandon() {
        let isFirst = self.state.withLock { state in
            defer { state.stopsAt = .abandoned }
            return state.stopsAt != .abandoned
        }
        guard isFirst else { return }
        self.sendSink.yield(.cancel)
        self.stopTimer.cancel()
        let now = self.clock.now().monotonic
        self.stopTimer.set(at: now &+ max(0, self.options.settleWithin.milliseconds)) { [weak self] in self?.end() }
        _ = self.drive { $0.abandonRequests(at: $1) }
    }

    private func end() {
        self.state.withLock { $0.isOver = true }
        self.orderSink.yield(.stop)
    }

    /// The configuration changed.
    func destinationsChanged() {
        _ = self.drive { $0.destinationsChanged(at: $1) }
    }

    /// Makes the lanes with deferred calls known, page by page. false when stopped before.
    private func adoptDeferred() async -> Bool {
        var trouble = SpoolTrouble(.read, self.options)
        var random = SplitMix(seed: self.clock.nanoseconds())
        var last: Int64?
        while true {
            guard self.state.withLock({ $0.stopsAt == .never }) else { return false }
            do {
                let page = try await self.session.deferredLanes(after: last, limit: Self.lanePage)
                self.tell(trouble.succeeded())
                let now = self.clock.now()
                self.state.withLock { $0.machine.adopt(page, at: now) }
                guard let final = page.last?.lane, page.count >= Self.lanePage else { return true }
                last = final
            } catch {
                let now = self.clock.now().monotonic
                self.tell(trouble.failed("\(error)", now: now, using: &random))
                if self.isOver(error) { return false }
                try? await self.clock.sleep(until: trouble.until)
                if let deadline = self.state.withLock({ $0.deadline }), self.clock.now().monotonic >= deadline {
                    return false
                }
            }
        }
    }

    private static let lanePage = 10_000

    /// Whether the session ended because the spool's files are gone or were replaced: another session, which knows
    /// nothing of what this one read, is to go on.
    var hasLostSpool: Bool { self.state.withLock { $0.hasLostSpool } }

    /// Whether a session is of no use any more: the spool was closed under the relay, or its files are not those that
    /// the session began with. There is nothing to wait for then.
    private func isOver(_ error: any Error) -> Bool {
        switch (error as? SpoolError)?.code {
        case .stopped: return true
        case .missing:
            self.state.withLock { $0.hasLostSpool = true }
            return true
        default: return false
        }
    }

    // MARK: Driving the machine

    /// Runs a transition and starts what follows from it. Returns one request, if the caller can send it itself.
    @discardableResult
    private func drive(
        keepsSend: Bool = false,
        _ transition: (inout RelayMachine, RelayTime) -> [RelayAction]
    ) -> Dispatch? {
        let now = self.clock.now()
        let (actions, isFinished, tells) = self.state.withLock { state -> ([RelayAction], Bool, Bool) in
            let actions = transition(&state.machine, now)
            return (actions, Self.isFinished(&state), Self.keepReports(actions, &state))
        }
        if tells { self.tellReports() }
        return self.start(actions, isFinished: isFinished, keepsSend: keepsSend)
    }

    private static func isFinished(_ state: inout State) -> Bool {
        guard !state.isOver else { return false }
        switch state.stopsAt {
        case .finishing, .abandoned:
            state.isOver = state.machine.isDrained
        case .never:
            guard let deadline = state.deadline else { return false }
            state.isOver = state.machine.nextWork >= deadline
        }
        return state.isOver
    }

    private func start(_ actions: [RelayAction], isFinished: Bool, keepsSend: Bool) -> Dispatch? {
        var kept: Dispatch?
        for action in actions {
            switch action {
            case .send(let dispatch):
                if keepsSend, kept == nil {
                    kept = dispatch
                } else {
                    self.sendSink.yield(.send(dispatch))
                }
            case .settle(let settlements): self.orderSink.yield(.settle(settlements))
            case .fetch(let read): self.orderSink.yield(.fetch(read))
            case .survey: self.orderSink.yield(.survey)
            case .load(let read): self.orderSink.yield(.load(read))
            case .awaitAppend(let seen): self.awaitAppend(seen: seen)
            case .wake(let at):
                self.wakeup.set(at: at) { [weak self] in self?.drive { $0.tick(at: $1) } }
            case .report: break  // Told already, in order.
            }
        }
        if isFinished { self.orderSink.yield(.stop) }
        return kept
    }

    // MARK: The spool

    private func perform(_ order: Order) async {
        switch order {
        case .settle(let settlements):
            do {
                try await self.session.settle(settlements)
                self.drive { $0.settled(at: $1) }
            } catch {
                self.drive { $0.settleFailed("\(error)", at: $1) }
                if self.isOver(error) { self.abandon() }
            }
        case .fetch(let read):
            await self.read { session in
                let page = try await session.fresh(
                    after: read.after,
                    sources: read.sources,
                    limit: read.limit,
                    maximumBytes: read.maximumBytes,
                    maximumRows: read.maximumRows
                )
                return { $0.fetched(page, at: $1) }
            }
        case .survey:
            await self.read { session in
                let survey = try await session.freshSources()
                return { $0.surveyed(survey, at: $1) }
            }
        case .load(let read):
            await self.read(isLoad: true) { session in
                let results = try await session.deferred(
                    lanes: read.lanes,
                    limit: read.limit,
                    maximumBytes: read.maximumBytes
                )
                return { $0.loaded(results, at: $1) }
            }
        case .stop: break
        }
    }

    private func read(
        isLoad: Bool = false,
        _ read: (any DeliverySession) async throws -> (inout RelayMachine, RelayTime) -> [RelayAction]
    ) async {
        do {
            let transition = try await read(self.session)
            self.drive(transition)
        } catch {
            self.drive { $0.readFailed("\(error)", isLoad: isLoad, at: $1) }
            if self.isOver(error) { self.stop() }
        }
    }

    /// Waits for new calls in a task of its own, which ends at once when the relay stops.
    private func awaitAppend(seen: Int64) {
        let task = Task { [session, timeout = self.options.idleTimeout] in
            await session.waitForAppend(seen: seen, timeout: timeout)
            guard !Task.isCancelled else { return }
            self.drive { $0.appended(at: $1) }
        }
        let isStopping = self.state.withLock { state -> Bool in
            state.waiter = task
            return state.stopsAt != .never
        }
        if isStopping { task.cancel() }
    }

    // MARK: Sending

    /// Starts a task for each request that no other request's task takes over.
    private func runSends() async {
        await withDiscardingTaskGroup { group in
            for await order in self.sends {
                switch order {
                case .send(let dispatch): group.addTask { await self.sendChain(dispatch) }
                case .cancel: group.cancelAll()
                }
            }
        }
    }

    /// Sends a request, and then whatever may be sent because it was answered.
    private func sendChain(_ first: Dispatch) async {
        var next: Dispatch? = first
        while let dispatch = next {
            let started = self.clock.nanoseconds()
            let answers = await self.send(dispatch)
            let duration = self.clock.nanoseconds() &- started
            let now = self.clock.now()
            let (answered, isOver, isFinished, tells) = self.state.withLock { state -> (Answered, Bool, Bool, Bool) in
                // Cancelled requests are not answers: their calls stay as they are.
                guard state.stopsAt != .abandoned else { return (Answered(), true, false, false) }
                let answered = state.machine.answered(dispatch.ticket, with: answers, at: now)
                return (answered, false, Self.isFinished(&state), Self.keepReports(answered.actions, &state))
            }
            guard !isOver else { return }
            if tells { self.tellReports() }
            next = self.start(answered.actions, isFinished: isFinished, keepsSend: true)
            for (index, call) in dispatch.calls.enumerated() where index < answers.count {
                self.observer.attempted(
                    call: call,
                    destination: dispatch.destination,
                    answer: answers[index],
                    duration: duration,
                    willRetryAt: index < answered.willRetryAt.count ? answered.willRetryAt[index] : nil
                )
            }
        }
    }

    private func send(_ dispatch: Dispatch) async -> [Answer] {
        let endpoint = dispatch.destination.endpoint
        let calls = dispatch.calls.compactMap(Call.init(stored:))
        guard calls.count == dispatch.calls.count else { return await self.sendKnown(dispatch) }
        if calls.count == 1, let call = calls.first { return [await self.sender.send(call, to: endpoint)] }
        return await self.sender.send(batch: calls, to: endpoint)
    }

    /// Sends the calls whose kind is known; the others can never be sent.
    private func sendKnown(_ dispatch: Dispatch) async -> [Answer] {
        let known = dispatch.calls.compactMap(Call.init(stored:))
        var sent: [Answer] = []
        if known.count == 1, let call = known.first {
            sent = [await self.sender.send(call, to: dispatch.destination.endpoint)]
        } else if !known.isEmpty {
            sent = await self.sender.send(batch: known, to: dispatch.destination.endpoint)
        }
        var rest = sent[...]
        return dispatch.calls.map { call in
            guard CallKind(rawValue: call.kind) != nil else {
                return .refused(status: 0, code: "kind_unknown", message: "kind \(call.kind) is not one of a call")
            }
            return rest.popFirst()
                ?? .retry(
                    status: nil,
                    reason: RetryReason.badBatchAnswer.rawValue,
                    message: "no answer for this call",
                    after: nil
                )
        }
    }

    // MARK: Telling

    /// Keeps what a transition reports, in the order of transitions. Returns whether there is any.
    private static func keepReports(_ actions: [RelayAction], _ state: inout State) -> Bool {
        for case .report(let event) in actions { state.reports.append(event) }
        return !state.reports.isEmpty
    }

    /// Tells what was kept: one thread at a time, so that "recovered" never comes before "failing".
    private func tellReports() {
        while true {
            let events = self.state.withLock { state -> [RelayEvent] in
                guard !state.isTelling, !state.reports.isEmpty else { return [] }
                state.isTelling = true
                defer { state.reports = [] }
                return state.reports
            }
            guard !events.isEmpty else { return }
            for event in events { self.tell(event) }
            self.state.withLock { $0.isTelling = false }
        }
    }

    private func tell(_ event: RelayEvent?) {
        switch event {
        case .stateChanged(let destination, let before, let after):
            self.observer.stateChanged(destination, from: before, to: after)
        case .sourceGone(let name):
            self.logger.warning(
                "calls are kept: the configuration has no source of this name",
                metadata: ["source": "\(name)"]
            )
        case .sourceBack(let name):
            self.logger.notice("calls are delivered again: the source is configured", metadata: ["source": "\(name)"])
        case .batchUnsupported(let destination):
            self.logger.warning(
                "the endpoint has no batch route: calls are sent one by one",
                metadata: ["url": "\(destination.endpoint.url)"]
            )
        case .spoolFailing(let operation, let message):
            self.logger.error(
                "the spool fails: delivery waits for it",
                metadata: ["operation": "\(operation.rawValue)", "error": "\(message)"]
            )
        case .spoolRecovered(let operation):
            self.logger.notice("the spool works again", metadata: ["operation": "\(operation.rawValue)"])
        case nil: break
        }
    }
}

extension Call {
    /// nil when the kind is unknown: written by a later version, or a corrupted row.
    init?(stored: StoredCall) {
        guard let kind = CallKind(rawValue: stored.kind) else { return nil }
        self.init(
            kind: kind,
            messageId: stored.messageId,
            traceId: stored.traceId,
            attempt: stored.attempts + 1,
            body: stored.body
        )
    }
}
