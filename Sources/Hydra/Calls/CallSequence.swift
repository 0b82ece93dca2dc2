private import Glibc
private import Synchronization

/// Numbers calls in the order in which they were taken: of two calls with the same times the greater number is the later.
///
/// A number is the time in microseconds since 1970, or one more than the last where that is not later: within a process
/// every number is greater than those before. Of two processes on one machine it holds for calls that were answered before
/// the next was sent. Below 2⁵³ until the year 2255, so that every reader of JSON keeps all digits. Any thread; one for a
/// process.
package final class CallSequence: Sendable {
    /// The greatest number that a call may have: what JSON readers hold exactly.
    package static let maximum: Int64 = 1 << 53 - 1

    private let last = Atomic<Int64>(0)

    package init() {}

    package func next() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        let now = Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1_000
        var last = self.last.load(ordering: .relaxed)
        while true {
            let next = max(last &+ 1, now)
            let (exchanged, original) = self.last.weakCompareExchange(
                expected: last,
                desired: next,
                ordering: .relaxed
            )
            if exchanged { return next }
            last = original
        }
    }
}
