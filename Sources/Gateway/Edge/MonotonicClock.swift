import Glibc
import Segment

/// The clock that durations are measured with; the same that ``FastCGI/Request`` uses.
enum MonotonicClock {
    /// Nanoseconds since some fixed point.
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }
}

/// The wall clock, for times that are stored and shown.
enum WallClock {
    /// Milliseconds since 1970.
    static func milliseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000 &+ Int64(time.tv_nsec) / 1_000_000
    }

    /// The same as a timestamp of the protocol.
    @Sendable static func now() -> Timestamp { Timestamp(milliseconds: self.milliseconds()) }
}
