import CFastCGI
import Glibc

/// A flag that one thread raises and others wait for, in an ``EventSet`` or here.
///
/// Threads: all.
final class Signal: Sendable {
    let descriptor: Int32

    init() throws(FastCGIError) {
        self.descriptor = cfcgi_eventfd()
        guard self.descriptor >= 0 else {
            throw .system(operation: "eventfd", address: "a thread signal", errno: errno)
        }
    }

    deinit {
        close(self.descriptor)
    }

    /// Stays raised until cleared.
    func raise() {
        var one: UInt64 = 1
        unsafe _ = write(self.descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func clear() {
        var count: UInt64 = 0
        unsafe _ = read(self.descriptor, &count, MemoryLayout<UInt64>.size)
    }

    /// True when raised, false when `deadline` (CLOCK_MONOTONIC in ns; the largest is never) came first.
    func wait(until deadline: UInt64) -> Bool {
        while true {
            var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
            let now = monotonicNow()
            // Rounded up, so that the last wait does not become a row of empty ones.
            let left = deadline > now ? ((deadline &- now) &+ 999_999) / 1_000_000 : 0
            let result = unsafe poll(&entry, 1, deadline == .max ? -1 : Int32(clamping: left))
            if result > 0 { return true }
            if monotonicNow() >= deadline { return false }
        }
    }
}
