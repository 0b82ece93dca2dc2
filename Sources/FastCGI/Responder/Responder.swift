import CFastCGI
import Glibc
package import Logging
import Synchronization

/// Serves FastCGI requests from a front server.
///
/// It listens and accepts itself, lets a few threads wait for all connections at once, and lends libfcgi those that
/// hold a whole request; so thousands of idle connections cost no thread. The handler gets each request with a
/// ``Reply`` that any thread may use at any later time. Threads: all; see each member.
package final class Responder: Sendable {
    private enum State {
        case new
        case running(threads: [WorkerThread], keeper: WorkerThread)
        case stopped
    }

    private let engine: Engine
    private let state = Mutex(State.new)
    private let stopLock = Mutex(())

    /// Opens the sockets: after this, front servers can connect, and wait until ``start()``.
    ///
    /// - Parameter handler: called on a worker thread, for several requests at once. It must not block for long: what
    ///   takes time is handed on together with the reply.
    /// - Throws: ``FastCGIError`` if an address cannot be listened on; sockets opened before it are closed again.
    package init(
        listeners: [ListenAddress],
        options: ResponderOptions,
        logger: Logger,
        handler: @escaping @Sendable (Request, Reply) -> Void
    ) throws(FastCGIError) {
        Self.prepareProcess()
        guard !listeners.isEmpty else { throw .noListeners }
        let policy = try PeerPolicy(users: options.allowedUsers, addresses: options.allowedAddresses)
        var opened: [Listener] = []
        for address in listeners {
            opened.append(
                try Listener.open(
                    address,
                    allowNonLoopback: options.allowNonLoopback,
                    hasPeers: !options.allowedAddresses.isEmpty
                )
            )
        }
        self.engine = try Engine(
            listeners: opened,
            options: options,
            policy: policy,
            logger: logger,
            handler: handler
        )
    }

    deinit {
        self.stop(within: .zero)
    }

    /// Starts the threads. Once.
    package func start() throws(FastCGIError) {
        try self.state.withLock { state throws(FastCGIError) in
            guard case .new = state else { throw .alreadyStarted }
            let engine = self.engine
            var threads: [WorkerThread] = []
            do throws(FastCGIError) {
                let keeper = try WorkerThread(name: "fcgi-keeper") {
                    var keeper = Keeper(engine)
                    keeper.run()
                }
                do throws(FastCGIError) {
                    for index in 0..<max(1, engine.options.workers) {
                        threads.append(
                            try WorkerThread(name: "fcgi-\(index)") {
                                var worker = Worker(engine)
                                worker.run()
                            }
                        )
                    }
                    for gate in engine.gates where !gate.open() {
                        throw .system(operation: "epoll_ctl", address: gate.listener.name, errno: errno)
                    }
                } catch {
                    engine.keeperQueue.stop()
                    keeper.join()
                    throw error
                }
                state = .running(threads: threads, keeper: keeper)
            } catch {
                engine.stopSignal.raise()
                engine.crew.stop()
                for thread in threads { thread.join() }
                throw error
            }
        }
    }

    /// Stops: no connection is accepted and no request begun any more, requests that have begun are answered, idle
    /// connections closed; what is left after `deadline` is cut off. Returns when all threads have ended, so not from
    /// the handler; replies that come later are harmless. Idempotent; a second call waits for the first.
    package func stop(within deadline: Duration) {
        self.stopLock.withLock { _ in
            let state = self.state.withLock { exchange(&$0, with: .stopped) }
            switch state {
            case .new:
                for gate in self.engine.gates {
                    gate.listener.unlink()
                    gate.listener.close()
                }
            case .running(let threads, let keeper): self.stop(threads, keeper, within: deadline.nanoseconds)
            case .stopped: break
            }
        }
    }

    private func stop(_ threads: [WorkerThread], _ keeper: WorkerThread, within time: UInt64) {
        let deadline = monotonicNow() &+ time
        self.engine.isStopping.store(true, ordering: .sequentiallyConsistent)
        for gate in self.engine.gates { self.close(gate) }
        for connection in self.engine.registry.all { connection.retire() }
        // Raised also when there were none for a moment, before a waiting one was accepted.
        repeat {
            self.engine.drainedSignal.clear()
        } while self.engine.registry.count > 0 && self.engine.drainedSignal.wait(until: deadline)
        for connection in self.engine.registry.all { connection.cut() }
        self.engine.stopSignal.raise()
        self.engine.crew.stop()
        for thread in threads { thread.join() }
        // A worker may have been about to accept: not before.
        for gate in self.engine.gates { gate.listener.close() }
        self.engine.keeperQueue.stop()
        keeper.join()
    }

    /// Ends accepting, but takes what the kernel has accepted: those requests are on the way already.
    private func close(_ gate: ListenerGate) {
        gate.close()
        guard gate.listener.isOwned else { return }
        gate.listener.unlink()
        // A TCP socket drops what it holds when it is shut down.
        if gate.listener.isUnix { gate.listener.shutDown() }
        while self.engine.accept(from: gate) {}
        gate.listener.shutDown()
    }

    /// What it has done and is doing. Any thread.
    package var figures: ResponderFigures {
        var figures = ResponderFigures(self.engine.counters)
        figures.open = self.engine.registry.count
        figures.receiving = self.engine.registry.receivingCount
        figures.idle = max(0, figures.open &- figures.receiving &- figures.active)
        return figures
    }

    /// Whether a worker takes events: false if all of them are held in the handler, or hang, for that long. One
    /// thread at a time, and not the handler's.
    package func isResponsive(within time: Duration) -> Bool {
        guard case .running = self.state.withLock({ $0 }) else { return false }
        return self.engine.probe.ask(until: monotonicNow() &+ time.nanoseconds)
    }

    /// What it listens on, with the port that was found if 0 was asked: `unix:/run/x.sock`, `127.0.0.1:9000`.
    package var addresses: [String] {
        self.engine.gates.map(\.listener.name)
    }

    /// Listening sockets that this process was started with: systemd's, otherwise descriptor 0 if it is one.
    package static func inheritedDescriptors() -> [Int32] {
        Listener.inheritedDescriptors { name in
            unsafe getenv(name).map { unsafe String(cString: $0) }
        }
    }

    /// Prepares libfcgi and ignores SIGPIPE, once for the process. Handlers of SIGTERM and SIGUSR1 stay as they are;
    /// still, call it before threads and signal handlers of your own. ``init(listeners:options:logger:handler:)`` does
    /// it otherwise.
    package static func prepareProcess() {
        _ = self.prepared
    }

    private static let prepared: Int32 = {
        let result = cfcgi_initialise()
        raiseDescriptorLimit()
        return result
    }()
}
