import Synchronization

@testable import HydraEngine

/// A clock that a test sets. Any thread.
final class TestClock: Sendable {
    private let time: Mutex<Instant>

    init(_ text: String = "2026-03-01T00:00:00Z") throws {
        guard let instant = Instant(parsing: text) else { throw TestClockError() }
        self.time = Mutex(instant)
    }

    var now: Instant { self.time.withLock { $0 } }

    func advance(seconds: Int64) {
        self.time.withLock { $0 = Instant(milliseconds: $0.milliseconds + seconds * 1_000) }
    }

    func advance(hours: Int64) { self.advance(seconds: hours * 3_600) }

    func advance(days: Int64) { self.advance(hours: days * 24) }
}

struct TestClockError: Error {}
