import CFastCGI
import Glibc

/// An epoll set: which descriptors wait for what, and a token for each.
///
/// Threads: all; the kernel serialises.
final class EventSet: Sendable {
    /// What a registration waits for.
    enum Interest {
        /// Readable or half closed: told once, to one thread, until armed again.
        case readOnce
        /// Writable: told once.
        case writeOnce
        /// Readable, told to one of the processes that share the listening socket.
        case readExclusive
        /// Readable: told to every thread as long as it lasts.
        case readLevel

        var flags: Int32 {
            switch self {
            case .readOnce: Int32(truncatingIfNeeded: CFCGI_READ_ONCE)
            case .writeOnce: Int32(truncatingIfNeeded: CFCGI_WRITE_ONCE)
            case .readExclusive: Int32(truncatingIfNeeded: CFCGI_READ_EXCLUSIVE)
            case .readLevel: Int32(truncatingIfNeeded: CFCGI_READ_LEVEL)
            }
        }
    }

    private let descriptor: Int32

    init() throws(FastCGIError) {
        self.descriptor = cfcgi_epoll_create()
        guard self.descriptor >= 0 else {
            throw .system(operation: "epoll_create1", address: "the event set", errno: errno)
        }
    }

    deinit {
        close(self.descriptor)
    }

    /// False if the kernel refused (out of memory, or over its limit of watches).
    func add(_ descriptor: Int32, _ interest: Interest, token: UInt64) -> Bool {
        cfcgi_epoll_add(self.descriptor, descriptor, interest.flags, token) == 0
    }

    func arm(_ descriptor: Int32, _ interest: Interest, token: UInt64) -> Bool {
        cfcgi_epoll_modify(self.descriptor, descriptor, interest.flags, token) == 0
    }

    func remove(_ descriptor: Int32) {
        cfcgi_epoll_remove(self.descriptor, descriptor)
    }

    /// Waits for events and writes their tokens into `tokens` (up to 64); returns how many. 0 when the time is over.
    func wait(_ tokens: inout [UInt64], atMost most: Int = .max, milliseconds: Int32 = -1) -> Int {
        let capacity = Int32(clamping: min(tokens.count, most))
        while true {
            let count = unsafe cfcgi_epoll_wait(self.descriptor, &tokens, capacity, milliseconds)
            if count >= 0 { return Int(count) }
            // EINTR follows a stop and continuation of the process. Anything else is a broken set, which would spin.
            precondition(errno == EINTR, "epoll_wait: \(systemMessage(errno))")
        }
    }
}
