import Glibc

/// The two clocks of this target, read without Foundation. Any thread.
enum Clock {
    /// Nanoseconds since 1970 UTC (CLOCK_REALTIME); a wall clock, so it may jump.
    static func wallNanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Nanoseconds of CLOCK_MONOTONIC: for deadlines and durations.
    static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(bitPattern: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}
