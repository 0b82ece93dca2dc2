import Synchronization

@testable import HydraEngine

/// A clock that tests set. Any thread.
final class TestClock: Sendable {
    private let milliseconds = Atomic<Int64>(Instant(parsing: "2026-03-31T12:00:00.000Z")?.milliseconds ?? 0)

    var now: Instant { Instant(milliseconds: self.milliseconds.load(ordering: .sequentiallyConsistent)) }

    func advance(days: Int64) {
        _ = self.milliseconds.wrappingAdd(days * UsageDay.millisecondsPerDay, ordering: .sequentiallyConsistent)
    }
}
