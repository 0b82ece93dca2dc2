internal import Glibc

/// Where the relay's driver takes the time from; tests have one of their own.
///
/// Any thread.
protocol RelayClock: Sendable {
    /// The time on both clocks.
    func now() -> RelayTime

    /// Monotonic nanoseconds, to measure requests with.
    func nanoseconds() -> UInt64

    /// Returns when the monotonic clock has reached `monotonic` milliseconds, or throws when the task is cancelled.
    func sleep(until monotonic: Int64) async throws
}

/// The system's clocks: CLOCK_REALTIME, and CLOCK_BOOTTIME so that time asleep counts as time passed.
///
/// Any thread.
struct SystemRelayClock: RelayClock {
    func now() -> RelayTime {
        RelayTime(
            wall: Int64(Self.read(CLOCK_REALTIME) / 1_000_000),
            monotonic: Int64(self.nanoseconds() / 1_000_000)
        )
    }

    func nanoseconds() -> UInt64 { Self.read(CLOCK_BOOTTIME) }

    func sleep(until monotonic: Int64) async throws {
        let wait = monotonic - self.now().monotonic
        if wait > 0 { try await Task.sleep(for: .milliseconds(wait)) }
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // Cannot fail: both clocks exist on every Linux since 2.6.39, and the pointer is valid.
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
