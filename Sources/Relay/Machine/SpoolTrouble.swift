/// Keeps one kind of access to the spool from being repeated too soon after it failed, and from being reported twice.
///
/// The wait is `min(cap, base · 2ⁿ)` less up to half of it at random. A value; one owner.
struct SpoolTrouble: Sendable {
    /// What was tried.
    enum Operation: String, Sendable {
        case read, settle
    }

    let operation: Operation
    private let base: Int64
    private let cap: Int64

    /// Failures in a row.
    private(set) var failures = 0

    /// Not before this monotonic time, in milliseconds.
    private(set) var until: Int64 = 0

    init(_ operation: Operation, _ options: RelayOptions) {
        self.operation = operation
        self.base = max(1, options.spoolRetryBase.milliseconds)
        self.cap = max(self.base, options.spoolRetryCap.milliseconds)
    }

    /// Returns what to report: only the first failure of a row is news.
    mutating func failed(_ message: String, now: Int64, using random: inout SplitMix) -> RelayEvent? {
        let full = RetrySchedule.ceiling(base: self.base, cap: self.cap, step: self.failures)
        self.until = now &+ Int64.random(in: (full + 1) / 2...full, using: &random)
        self.failures += 1
        return self.failures == 1 ? .spoolFailing(self.operation, message: message) : nil
    }

    /// Returns what to report.
    mutating func succeeded() -> RelayEvent? {
        guard self.failures > 0 else { return nil }
        self.failures = 0
        self.until = 0
        return .spoolRecovered(self.operation)
    }
}
