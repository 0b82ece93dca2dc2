/// When a call that failed is sent again, and when it is given up.
///
/// Full jitter: after the n-th failed attempt the wait is drawn evenly from
///
///     0 … min(cap, base · 2ⁿ⁻¹)
///
/// so that calls which failed together do not come back together. With the default base of 1 s and cap of 5 min:
///
/// | attempts | ceiling | mean wait | mean time since the first attempt |
/// |---------:|--------:|----------:|----------------------------------:|
/// |        1 |     1 s |     0.5 s |                             0.5 s |
/// |        2 |     2 s |       1 s |                             1.5 s |
/// |        3 |     4 s |       2 s |                             3.5 s |
/// |        4 |     8 s |       4 s |                             7.5 s |
/// |        5 |    16 s |       8 s |                              16 s |
/// |        6 |    32 s |      16 s |                              32 s |
/// |        7 |    64 s |      32 s |                              64 s |
/// |        8 |   128 s |      64 s |                             128 s |
/// |        9 |   256 s |     128 s |                             256 s |
/// |      10… |   300 s |     150 s |     + 150 s each, about 1,700 in 72 h |
///
/// A `Retry-After` is a minimum for the wait, itself bounded. The call is given up when an attempt fails more than
/// `retryFor` after the first one, and not before `minimumAttempts`. The first attempt is the first time the call was
/// really sent: time it spent behind another call of its lane, an open breaker or a paused key before that is not
/// counted. A value; any thread.
struct RetrySchedule: Sendable {
    /// All in milliseconds.
    let base: Int64
    let cap: Int64
    let retryFor: Int64
    let retryAfterBound: Int64
    let minimumAttempts: Int

    init(_ options: RelayOptions) {
        self.base = max(1, options.retryBase.milliseconds)
        self.cap = max(self.base, options.retryCap.milliseconds)
        self.retryFor = max(0, options.retryFor.milliseconds)
        self.retryAfterBound = max(0, options.retryAfterBound.milliseconds)
        self.minimumAttempts = max(1, options.minimumAttempts)
    }

    /// The longest wait that this schedule ever orders.
    var longestWait: Int64 { max(self.cap, self.retryAfterBound) }

    /// `Retry-After` within its bounds, in milliseconds; 0 if there was none.
    func bounded(retryAfter: Duration?) -> Int64 {
        guard let retryAfter else { return 0 }
        return min(max(0, retryAfter.milliseconds), self.retryAfterBound)
    }

    /// The upper end of the wait after so many attempts.
    func ceiling(attempts: Int) -> Int64 { Self.ceiling(base: self.base, cap: self.cap, step: attempts - 1) }

    /// base · 2^step, at most `cap`; without overflow for any step.
    static func ceiling(base: Int64, cap: Int64, step: Int) -> Int64 {
        // 2^40 ms is 35 years: beyond every cap.
        let factor: Int64 = 1 << Int64(min(max(0, step), 40))
        let (product, overflow) = base.multipliedReportingOverflow(by: factor)
        return overflow ? cap : min(cap, product)
    }

    /// The wait after so many attempts, in milliseconds.
    func wait(attempts: Int, retryAfter: Int64, using random: inout SplitMix) -> Int64 {
        max(Int64.random(in: 0...self.ceiling(attempts: attempts), using: &random), retryAfter)
    }

    /// Whether a call that failed now, after so many attempts, is given up. A first attempt that lies in the future
    /// was stamped by a clock that was wrong; the call is kept.
    func isExpired(attempts: Int, firstAttemptAt: Int64, now: Int64) -> Bool {
        let (age, overflow) = now.subtractingReportingOverflow(firstAttemptAt)
        return !overflow && attempts >= self.minimumAttempts && age >= self.retryFor
    }
}
