import Glibc
import Logging
import Synchronization

/// What the threads of one responder share.
///
/// Workers wait on `events` and run ``receive(_:scratch:)`` and ``accept(from:)``; whichever thread answers runs
/// ``answer(_:with:)``; the keeper does what needs time to pass. Threads: all.
final class Engine: Sendable {
    /// Tokens below this are not addresses of connections: 0 stops a worker, 1… are listeners, the last is the probe.
    static let firstConnectionToken: UInt64 = 4_096
    static let stopToken: UInt64 = 0
    /// Asks whether a worker still takes events.
    static let probeToken: UInt64 = firstConnectionToken - 1

    let events: EventSet
    let gates: [ListenerGate]
    let options: ResponderOptions
    let policy: PeerPolicy
    let logger: Logger
    let handler: @Sendable (Request, Reply) -> Void

    let registry = ConnectionRegistry()
    let counters = Counters()
    let reserve = DescriptorReserve()
    let crew: WorkerCrew
    let stopSignal: Signal
    /// Raised while the responder stops, whenever no slot is taken any more.
    let drainedSignal: Signal
    let probe: Probe
    let keeperQueue: KeeperQueue
    let isStopping = Atomic<Bool>(false)

    let readTimeout: UInt64
    let writeTimeout: UInt64
    let requestTimeout: UInt64

    let peerThrottle = LogThrottle()
    let recordThrottle = LogThrottle()
    let timeoutThrottle = LogThrottle()
    let acceptThrottle = LogThrottle()
    let replyThrottle = LogThrottle()

    init(
        listeners: [Listener],
        options: ResponderOptions,
        policy: PeerPolicy,
        logger: Logger,
        handler: @escaping @Sendable (Request, Reply) -> Void
    ) throws(FastCGIError) {
        let events = try EventSet()
        self.events = events
        self.gates = listeners.enumerated().map { index, listener in
            ListenerGate(listener, events: events, token: UInt64(index) + 1)
        }
        self.options = options
        self.policy = policy
        self.logger = logger
        self.handler = handler
        self.crew = try WorkerCrew()
        self.stopSignal = try Signal()
        self.drainedSignal = try Signal()
        self.probe = try Probe()
        self.keeperQueue = try KeeperQueue()
        self.readTimeout = options.limits.readTimeout.nanoseconds
        self.writeTimeout = options.limits.writeTimeout.nanoseconds
        self.requestTimeout = options.limits.requestTimeout.nanoseconds
        guard events.add(self.stopSignal.descriptor, .readLevel, token: Self.stopToken) else {
            throw .system(operation: "epoll_ctl", address: "the stop signal", errno: errno)
        }
        guard events.add(self.probe.question.descriptor, .readLevel, token: Self.probeToken) else {
            throw .system(operation: "epoll_ctl", address: "the probe", errno: errno)
        }
    }

    // MARK: Connections

    /// Lets the owner's connection wait for bytes.
    func wait(_ connection: Connection, in phase: Connection.Phase, deadline: UInt64 = 0) {
        if phase == .receiving { self.registry.beginsReceiving() }
        connection.rest(phase, deadline: deadline)
        guard self.events.arm(connection.descriptor, .readOnce, token: connection.token) else {
            // The kernel forgets no registration; it can only fail if the descriptor is gone.
            connection.take()
            if phase == .receiving { self.registry.endsReceiving() }
            self.close(connection)
            return
        }
        // Either the one that stops the responder saw this connection rest, or this sees that it stops.
        if self.isStopping.load(ordering: .sequentiallyConsistent) { connection.retire() }
    }

    /// Closes the owner's connection. `isOpen` is false if libfcgi has closed it.
    func close(_ connection: Connection, isOpen: Bool = true) {
        connection.close(isOpen: isOpen)
        self.registry.remove(connection)
        self.releaseSlot()
        for gate in self.gates where gate.isPaused {
            self.keeperQueue.connectionClosed()
            break
        }
    }

    /// Gives back what ``ConnectionRegistry/reserve(limit:)`` has taken.
    func releaseSlot() {
        let left = self.registry.release()
        if left == 0, self.isStopping.load(ordering: .sequentiallyConsistent) { self.drainedSignal.raise() }
    }
}
