internal import DequeModule
internal import Dispatch
internal import GroupCommit
internal import Logging
internal import Spool
internal import Synchronization

/// One connection with everything that goes over it: messages out through one thread, answers in by token, timeouts.
///
/// Safe on any thread. Handlers run on a thread of libnats (answers), on the writer (what could not be sent), on the ticker
/// (timeouts) or on the caller's thread (when disconnected): they must not block.
final class JetStreamClient: Sendable {
    /// How long an answer may take. A majority answers within milliseconds; an election takes 4 to 9 seconds, and waiting for
    /// it would only keep requests of users hanging.
    static let patience: Duration = .seconds(5)

    private struct Waiting {
        let deadline: ContinuousClock.Instant
        let isForLeader: Bool
        let ignoresEmpty: Bool
        let handler: Handler
    }

    private struct Queued {
        let message: OutgoingMessage
        /// The request that it is a part of; nil when nobody waits.
        let token: UInt64?
        /// Where the answer goes; nil when there is none, as to all but the last message of a batch.
        let reply: String?
    }

    private struct State {
        var connection: NATSConnection?
        /// Which one ``connection`` is, counted from 1.
        var connectionNumber: UInt64 = 0
        /// The newest connection that ended for good.
        var endedNumber: UInt64 = 0
        /// What the connector is to do.
        var mustConnect = false
        var isToLeave: NATSConnection?
        var inbox: NATSSubscription?
        var isConnected = false
        var isClosed = false
        /// Counts connections, the library's own reconnects included: what the servers knew of this client is gone with each.
        var generation = 0
        var waiting: [UInt64: Waiting] = [:]
        var lastToken: UInt64 = 0
        var urgent: [Queued] = []
        var outbox: Deque<Queued> = []
        var writerSleeps = false
        var tickers: [UInt64: @Sendable () -> Void] = [:]
        var maximumPayload = 0
        var patience = ServerPatience()
        /// Whether the connection is being closed for another server's sake.
        var changesServer = false
        /// The server that was left for another; asked again after all others.
        var leftServer: String?
        /// What the library said last; logged once.
        var lastFailure: String?
        /// What the servers did not let this client do, last.
        var forbidden: String?
    }

    /// How many messages are written before it is looked for urgent ones.
    private static let writePiece = 256

    typealias Handler = @Sendable (Result<NATSMessage, RequestFailure>) -> Void

    private let configuration: JetStreamSpoolConfiguration
    private let logger: Logger
    private let inboxName: String
    private let state = Mutex(State())
    private let writerWork = DispatchSemaphore(value: 0)
    private let tickerEnd = DispatchSemaphore(value: 0)
    private let connectorWork = DispatchSemaphore(value: 0)
    private let connectionCount = Atomic<UInt64>(0)
    private let ended = DispatchGroup()

    /// Connects. Blocks for some seconds at most.
    init(_ configuration: JetStreamSpoolConfiguration, logger: Logger) throws(SpoolError) {
        self.configuration = configuration
        self.logger = logger
        self.inboxName = Self.newInbox()
        try self.connect()
        do {
            try self.start("nats-write") { self.runWriter() }
            try self.start("nats-tick") { self.runTicker() }
            // Not waited for at the end: it may be in the middle of an attempt.
            try WorkerThread.start(name: "nats-connect") { self.runConnector() }
        } catch {
            self.close()
            throw SpoolError(refusal: error)
        }
    }

    /// Starts a thread that ``close()`` waits for.
    private func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(WorkerThread.Refusal) {
        self.ended.enter()
        do throws(WorkerThread.Refusal) {
            try WorkerThread.start(name: name) {
                body()
                self.ended.leave()
            }
        } catch {
            self.ended.leave()
            throw error
        }
    }

    // MARK: State

    var isConnected: Bool { self.state.withLock { $0.isConnected } }

    /// What the servers did not let this client do, last; they answer it with nothing else.
    var forbidden: String? { self.state.withLock { $0.forbidden } }

    /// Which connection it is; another number means that the servers have forgotten subscriptions' requests.
    var generation: Int { self.state.withLock { $0.generation } }

    /// The server that the connection is to; nil when there is none.
    var url: String? { self.state.withLock { $0.connection }?.url }

    /// The longest message that the servers take, in bytes.
    var maximumPayload: Int { self.state.withLock { $0.maximumPayload } }

    // MARK: Sending

    /// Sends a message and hands over the answer, once.
    ///
    /// - Parameter isForLeader: it is stored by a stream's leader. When none of such is answered, the server is changed.
    func request(
        _ message: OutgoingMessage,
        patience: Duration = JetStreamClient.patience,
        isForLeader: Bool = false,
        _ handler: @escaping Handler
    ) {
        self.request([message], patience: patience, isForLeader: isForLeader, handler)
    }

    /// The same for messages that go one behind the other, with nothing between them; the last one is answered.
    ///
    /// - Parameter asksEach: each is answered, so that what is wrong with one is told; the first answer that says something counts.
    func request(
        _ messages: [OutgoingMessage],
        patience: Duration = JetStreamClient.patience,
        isForLeader: Bool = false,
        asksEach: Bool = false,
        _ handler: @escaping Handler
    ) {
        let deadline = ContinuousClock.now + patience
        let (failure, wake) = self.state.withLock { state -> (RequestFailure?, Bool) in
            guard !state.isClosed else { return (.closed, false) }
            guard state.isConnected else { return (.disconnected, false) }
            state.lastToken += 1
            let token = state.lastToken
            state.waiting[token] = Waiting(
                deadline: deadline,
                isForLeader: isForLeader,
                ignoresEmpty: asksEach,
                handler: handler
            )
            for (index, message) in messages.enumerated() {
                let reply = asksEach || index == messages.count - 1 ? "\(self.inboxName).\(token)" : nil
                let queued = Queued(message: message, token: token, reply: reply)
                if message.isUrgent { state.urgent.append(queued) } else { state.outbox.append(queued) }
            }
            defer { state.writerSleeps = false }
            return (nil, state.writerSleeps)
        }
        if let failure { return handler(.failure(failure)) }
        if wake { self.writerWork.signal() }
    }

    /// Sends a message whose answers, if there are any, go to a subscription; lost when there is no connection.
    func post(_ message: OutgoingMessage, reply: String?) {
        let wake = self.state.withLock { state -> Bool in
            guard !state.isClosed, state.isConnected else { return false }
            state.urgent.append(Queued(message: message, token: nil, reply: reply))
            defer { state.writerSleeps = false }
            return state.writerSleeps
        }
        if wake { self.writerWork.signal() }
    }

    /// A subject for answers that go to a subscription.
    static func newInbox() -> String { "_INBOX.hydra\(UInt64.random(in: .min ... .max))" }

    /// Listens to a subject of its own over the present connection.
    func subscribe(
        _ subject: String,
        _ receive: @escaping @Sendable (NATSMessage) -> Void
    ) throws(RequestFailure) -> NATSSubscription {
        guard let connection = self.state.withLock({ $0.connection }) else { throw .disconnected }
        return try connection.subscribe(subject, receive)
    }

    /// Calls `body` about ten times a second, on one thread for all: it must not block.
    func addTicker(_ body: @escaping @Sendable () -> Void) -> UInt64 {
        self.state.withLock { state in
            state.lastToken += 1
            state.tickers[state.lastToken] = body
            return state.lastToken
        }
    }

    func removeTicker(_ token: UInt64) {
        // Freed outside the lock.
        let ticker = self.state.withLock { $0.tickers.removeValue(forKey: token) }
        _ = ticker
    }

    /// Ends the threads and the connection; what waits fails. Blocks; may be called twice, not from a handler.
    func close() {
        let (waiting, connection, isFirst) = self.state.withLock { state -> ([Waiting], NATSConnection?, Bool) in
            guard !state.isClosed else { return ([], nil, false) }
            state.isClosed = true
            state.isConnected = false
            defer {
                state.waiting = [:]
                state.tickers = [:]
                state.connection = nil
                state.inbox = nil
            }
            return (Array(state.waiting.values), state.connection, true)
        }
        guard isFirst else { return }
        self.writerWork.signal()
        self.tickerEnd.signal()
        self.connectorWork.signal()
        for waiting in waiting { waiting.handler(.failure(.closed)) }
        self.ended.wait()
        connection?.close()
    }

    // MARK: Connecting

    /// Makes a connection and its inbox, and takes it into use. One at a time: the initializer, then the connector.
    private func connect() throws(SpoolError) {
        let left = self.state.withLock { $0.leftServer }
        let number = self.connectionCount.add(1, ordering: .relaxed).newValue
        let connection = try NATSConnection(self.configuration, last: left) { [weak self] event in
            self?.happened(event, number)
        }
        let inbox: NATSSubscription
        do {
            inbox = try connection.subscribe("\(self.inboxName).*") { [weak self] message in self?.received(message) }
        } catch {
            throw SpoolError(error, "The inbox could not be made")
        }
        let maximum = connection.maximumPayload
        let (isClosed, hasEnded) = self.state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (true, false) }
            // It may end before it is taken into use; nobody would make another one then.
            guard state.endedNumber < number else { return (false, true) }
            state.connection = connection
            state.connectionNumber = number
            state.inbox = inbox
            state.isConnected = true
            state.generation += 1
            state.maximumPayload = maximum
            state.patience.answered()
            state.changesServer = false
            state.leftServer = nil
            return (false, false)
        }
        if isClosed { connection.close() }
        if hasEnded { throw .unreachable("The connection to the NATS servers ended at once") }
    }

    /// - Parameter number: which connection it happened to.
    private func happened(_ event: NATSConnection.Event, _ number: UInt64) {
        switch event {
        case .disconnected:
            guard self.connectionLost(number) else { return }
            self.logger.warning("the connection to the NATS servers is down")
        case .reconnected:
            let isOurs = self.state.withLock { state -> Bool in
                guard state.connectionNumber == number else { return false }
                state.isConnected = !state.isClosed
                state.generation += 1
                state.patience.answered()
                state.maximumPayload = state.connection?.maximumPayload ?? state.maximumPayload
                return true
            }
            if isOurs { self.logger.notice("the connection to the NATS servers is up again") }
        case .closed:
            self.connectionLost(number)
            let isWanted = self.state.withLock { state -> Bool? in
                state.endedNumber = max(state.endedNumber, number)
                guard !state.isClosed, state.connectionNumber == number else { return nil }
                state.mustConnect = true
                return state.changesServer
            }
            // That of an attempt which failed is followed by the next attempt.
            guard let isWanted else { return }
            if !isWanted {
                // The library gives up for good when it is refused twice, as while a server is given its users anew.
                self.logger.error("the NATS servers refuse this client: it goes on asking")
            }
            self.connectorWork.signal()
        case .failed(let text): self.report(text)
        case .forbidden(let text):
            self.state.withLock { $0.forbidden = text }
            self.report(text)
        }
    }

    /// Leaves servers and finds others, one after the other: what may wait for a socket.
    private func runConnector() {
        while true {
            let (isClosed, leaves, connects) = self.state.withLock { state -> (Bool, NATSConnection?, Bool) in
                defer { state.isToLeave = nil }
                return (state.isClosed, state.isToLeave, state.mustConnect)
            }
            if isClosed { return }
            // What follows is told by `closed`.
            leaves?.close()
            guard connects else {
                if leaves == nil { self.connectorWork.wait() }
                continue
            }
            do throws(SpoolError) {
                try self.connect()
                self.state.withLock { state in
                    // Unless that one has ended by now.
                    if state.endedNumber < state.connectionNumber { state.mustConnect = false }
                }
                self.logger.notice("the connection to the NATS servers is up again")
            } catch {
                self.report(error.message)
                _ = self.connectorWork.wait(timeout: .now() + .seconds(1))
            }
        }
    }

    private func report(_ text: String) {
        let isNews = self.state.withLock { state -> Bool in
            defer { state.lastFailure = text }
            return state.lastFailure != text
        }
        if isNews { self.logger.warning("the NATS client reports an error", metadata: ["error": "\(text)"]) }
    }

    /// Leaves a server that has nothing acknowledged: the library would stay as long as it answers pings.
    private func changeServerIfUseless(_ now: ContinuousClock.Instant) {
        guard self.configuration.servers.count > 1 else { return }
        let connection = self.state.withLock { state -> NATSConnection? in
            guard state.isConnected, !state.changesServer, state.patience.isOver(at: now) else { return nil }
            state.changesServer = true
            return state.connection
        }
        guard let connection else { return }
        let server = connection.url
        self.state.withLock { state in
            state.leftServer = server
            state.isToLeave = connection
        }
        self.logger.warning(
            "the NATS server has nothing acknowledged: one of the others is asked",
            metadata: ["server": "\(server.map(NATSConnection.withoutSecrets) ?? "")"]
        )
        self.connectorWork.signal()
    }

    /// Answers that were on their way are lost. Says whether it was the connection in use.
    @discardableResult
    private func connectionLost(_ number: UInt64) -> Bool {
        let waiting = self.state.withLock { state -> [Waiting]? in
            guard state.connectionNumber == number else { return nil }
            state.isConnected = false
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for waiting in waiting ?? [] { waiting.handler(.failure(.disconnected)) }
        return waiting != nil
    }

    // MARK: Threads

    private func received(_ message: NATSMessage) {
        guard let token = UInt64(message.subject.dropFirst(self.inboxName.utf8.count + 1)) else { return }
        // Answers of streams have no status, and looking for one costs a header's parsing.
        let isEmpty = message.length == 0
        let hasNoResponder = isEmpty && message.status == 503
        let waiting = self.state.withLock { state -> Waiting? in
            if isEmpty, !hasNoResponder, state.waiting[token]?.ignoresEmpty == true { return nil }
            let waiting = state.waiting.removeValue(forKey: token)
            if let waiting, waiting.isForLeader {
                if hasNoResponder { state.patience.failed(at: .now) } else { state.patience.answered() }
            }
            return waiting
        }
        guard let waiting else { return }
        if hasNoResponder {
            waiting.handler(.failure(.noResponders))
        } else {
            waiting.handler(.success(message))
        }
    }

    private func runWriter() {
        while true {
            let step = self.state.withLock { state -> (queued: [Queued], connection: NATSConnection?, isClosed: Bool) in
                var queued = state.urgent
                state.urgent = []
                let count = min(Self.writePiece, state.outbox.count)
                queued += state.outbox.prefix(count)
                state.outbox.removeFirst(count)
                state.writerSleeps = queued.isEmpty
                return (queued, state.connection, state.isClosed)
            }
            if step.isClosed { return }
            guard !step.queued.isEmpty else {
                self.writerWork.wait()
                continue
            }
            for queued in step.queued {
                do throws(RequestFailure) {
                    guard let connection = step.connection else { throw .disconnected }
                    try connection.publish(queued.message, reply: queued.reply)
                } catch {
                    guard let token = queued.token else { continue }
                    let waiting = self.state.withLock { $0.waiting.removeValue(forKey: token) }
                    waiting?.handler(.failure(error))
                }
            }
        }
    }

    private func runTicker() {
        while self.tickerEnd.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            let now = ContinuousClock.now
            let (late, tickers) = self.state.withLock { state -> ([Waiting], [@Sendable () -> Void]) in
                let late = state.waiting.filter { $0.value.deadline <= now }
                for token in late.keys { state.waiting[token] = nil }
                if late.values.contains(where: \.isForLeader) { state.patience.failed(at: now) }
                return (Array(late.values), Array(state.tickers.values))
            }
            for waiting in late { waiting.handler(.failure(.timedOut)) }
            for ticker in tickers { ticker() }
            self.changeServerIfUseless(now)
        }
    }
}
