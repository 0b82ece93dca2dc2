/// A moment on two clocks, in milliseconds.
///
/// What outlives the process is written in wall-clock time; everything that is waited for in this process is measured
/// on the monotonic clock, so that a wall clock that jumps neither stalls nor hastens a delivery. A value; any thread.
struct RelayTime: Sendable, Equatable {
    /// Since 1970 UTC. May jump.
    var wall: Int64

    /// Since some moment of this boot. Never goes back.
    var monotonic: Int64

    static let zero = RelayTime(wall: 0, monotonic: 0)

    /// Monotonic milliseconds of a time on the wall clock, at most `bound` from now: a persisted time further away was
    /// written when the clock was wrong.
    func monotonic(ofWall wall: Int64, within bound: Int64) -> Int64 {
        let (distance, overflow) = wall.subtractingReportingOverflow(self.wall)
        guard !overflow else { return wall > 0 ? self.monotonic &+ bound : self.monotonic }
        return self.monotonic &+ min(max(0, distance), bound)
    }
}

extension Duration {
    /// Whole milliseconds, at most a thousand years: sums of a few of them do not overflow.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let bound: Int64 = 1_000 * 365 * 86_400
        return min(max(-bound, seconds), bound) * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
