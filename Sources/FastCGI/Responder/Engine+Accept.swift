import CFastCGI
import Glibc
import Logging
import Synchronization

extension Engine {
    /// Accepted at once before other events get their turn.
    private static let acceptsAtOnce = 32
    /// Idle connections that are given up when there is no room for a new one.
    private static let retiredAtOnce = 16

    /// Accepts what waits at a listener; true if there may be more.
    @discardableResult
    func accept(from gate: ListenerGate) -> Bool {
        for _ in 0..<Self.acceptsAtOnce {
            guard self.registry.reserve(limit: self.options.limits.connections) else {
                self.pause(gate, reason: "connection_limit")
                return false
            }
            let descriptor = cfcgi_accept(gate.listener.descriptor)
            if descriptor >= 0 {
                gate.succeeded()
                self.admit(descriptor, from: gate.listener)
                continue
            }
            let number = errno
            self.releaseSlot()
            switch number {
            case EAGAIN, EBADF, EINVAL:
                // None waits, or the listener was closed.
                return false
            case EINTR, ECONNABORTED, EPROTO, ECONNRESET, ETIMEDOUT, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET,
                EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH:
                // That one has gone (accept(2)); the next may be well.
                continue
            case EMFILE: self.pause(gate, reason: "process_descriptors")
            case ENFILE: self.pause(gate, reason: "system_descriptors")
            default: self.pause(gate, reason: "memory")
            }
            return false
        }
        return true
    }

    private func admit(_ descriptor: Int32, from listener: Listener) {
        if let peer = self.policy.refusal(of: descriptor, isUnix: listener.isUnix) {
            self.counters.refusedPeers.increment()
            if let held = self.peerThrottle.pass() {
                self.logger.warning(
                    "connection refused: the peer is not allowed",
                    metadata: [
                        "fastcgi.listener": "\(listener.name)", "fastcgi.peer": "\(peer)", "log.held": "\(held)",
                    ]
                )
            }
            Glibc.close(descriptor)
            self.releaseSlot()
            return
        }
        self.counters.accepted.increment()
        if !listener.isUnix { cfcgi_set_tcp_options(descriptor) }
        // libfcgi reads and writes blocking. Reads find what they want (RecordScanner), writes find room (Reply): these
        // bound the rest.
        cfcgi_set_timeouts(
            descriptor,
            Int64(clamping: self.readTimeout / 1_000),
            Int64(clamping: self.writeTimeout / 1_000)
        )
        let connection = Connection(descriptor: descriptor)
        self.registry.insert(connection)
        connection.rest(.idle)
        guard self.events.add(descriptor, .readOnce, token: connection.token) else {
            connection.take()
            self.close(connection)
            return
        }
        if self.isStopping.load(ordering: .sequentiallyConsistent) { connection.retire() }
    }

    /// Stops accepting until a connection closes or a moment has passed.
    private func pause(_ gate: ListenerGate, reason: String) {
        // The kernel reports a lack of descriptors before it looks whether anybody waits.
        guard gate.listener.hasWaiting else { return }
        self.counters.acceptPauses.increment()
        if let held = self.acceptThrottle.pass() {
            self.logger.warning(
                "accepting paused: raise the limit of descriptors or connections, or lower the front server's keepalive",
                metadata: [
                    "fastcgi.listener": "\(gate.listener.name)", "fastcgi.reason": "\(reason)",
                    "fastcgi.open": "\(self.registry.count)", "log.held": "\(held)",
                ]
            )
        }
        if gate.failed(now: monotonicNow()) { self.turnAway(from: gate.listener) }
        // A front server that finds its idle connection closed takes a new one; one that waits has no other way.
        var retired = 0
        for connection in self.registry.all where retired < Self.retiredAtOnce {
            if connection.restingPhase == .idle {
                connection.retire()
                retired += 1
            }
        }
        self.keeperQueue.wake()
    }

    private func turnAway(from listener: Listener) {
        self.reserve.withFreeDescriptor {
            while true {
                let descriptor = cfcgi_accept(listener.descriptor)
                guard descriptor >= 0 else { return }
                self.counters.turnedAway.increment()
                Glibc.close(descriptor)
            }
        }
    }
}
