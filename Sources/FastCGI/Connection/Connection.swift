import CFastCGI
import Glibc
import Synchronization

/// One accepted connection and the request it carries.
///
/// Threads: exactly one owns it at a time. The owner is the worker whose wait returned it (registrations are told once),
/// then the thread that answers the request, or the keeper while a long answer is written; the kernel's event set and
/// the reply's own flag order these hand-overs. Other threads may only use what says so: the members under `phase`.
///
/// @unchecked because of that ownership: the plain variables have no lock.
final class Connection: @unchecked Sendable {
    enum Phase: Sendable {
        /// A thread works with it: only that thread may use the descriptor.
        case owned
        /// Armed, no request has begun.
        case idle
        /// Armed, a request has come in part.
        case receiving
        /// Armed, given up by the keeper: the deadline for the request has passed.
        case expired
        /// The handler has the request, the answer is due.
        case answering
        case closed
    }

    let descriptor: Int32

    /// Guards the descriptor against use after its number was given to another file: whoever is not the owner touches
    /// it only under this lock and only in a resting phase.
    private let phase = Mutex(Phase.owned)
    /// When the request must be complete, CLOCK_MONOTONIC in ns. Any thread.
    private let deadline = Atomic<UInt64>(0)

    // The owner's.

    let library = LibraryRequest()
    var gathering: Gathering?
    /// The front server wants to use the connection again after the present request.
    var isKept = false
    /// Bytes written since the send buffer was last known to be empty.
    var unconfirmedBytes = 0
    /// A long answer that is being written.
    var slowAnswer: SlowAnswer?

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The token under which it waits in an event set. Unretained: the registry holds connections until they close.
    var token: UInt64 {
        unsafe UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()))
    }

    /// The connection of a token that a wait has returned.
    static func of(token: UInt64) -> Connection? {
        guard let pointer = unsafe UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: token)) else { return nil }
        return unsafe Unmanaged<Connection>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Makes the caller the owner; returns in which phase the connection rested.
    @discardableResult
    func take() -> Phase {
        self.phase.withLock { phase in exchange(&phase, with: .owned) }
    }

    /// Gives the connection up. Before it is armed or handed on, so that the next owner finds it resting.
    func rest(_ next: Phase, deadline: UInt64 = 0) {
        if deadline != 0 { self.deadline.store(deadline, ordering: .relaxed) }
        self.phase.withLock { $0 = next }
    }

    /// Closes the descriptor. `isOpen` is false if libfcgi has done so.
    func close(isOpen: Bool = true) {
        self.phase.withLock { $0 = .closed }
        if isOpen { Glibc.close(self.descriptor) }
    }

    // MARK: Any thread

    /// The present phase, for figures.
    var restingPhase: Phase {
        self.phase.withLock { $0 }
    }

    /// Whether the front server has given up the request that is to be answered.
    var isAbandoned: Bool {
        self.phase.withLock { phase in
            guard phase == .answering else { return phase == .closed }
            // POLLRDHUP, a GNU extension that Swift does not import: the peer has closed its end.
            let hangUp: Int16 = 0x2000
            var watched = pollfd(fd: self.descriptor, events: hangUp, revents: 0)
            guard unsafe poll(&watched, 1, 0) > 0 else { return false }
            return watched.revents & (hangUp | Int16(POLLHUP) | Int16(POLLERR)) != 0
        }
    }

    /// True if a request was due by `now`: the connection is shut down, and the worker that this wakes will close it.
    func expire(now: UInt64) -> Bool {
        self.phase.withLock { phase in
            guard phase == .receiving, self.deadline.load(ordering: .relaxed) <= now else { return false }
            phase = .expired
            shutdown(self.descriptor, Int32(SHUT_RDWR))
            return true
        }
    }

    /// No further request: if idle, its reading end is shut down. A request that the kernel holds already is served.
    func retire() {
        self.phase.withLock { phase in
            if phase == .idle { shutdown(self.descriptor, Int32(SHUT_RD)) }
        }
    }

    /// Ends a connection that no thread works with.
    func cut() {
        self.phase.withLock { phase in
            switch phase {
            case .owned, .closed: break
            case .idle, .receiving, .expired, .answering: shutdown(self.descriptor, Int32(SHUT_RDWR))
            }
        }
    }
}
