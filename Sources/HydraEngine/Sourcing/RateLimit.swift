/// So many a second, and a few at once after a pause: a token bucket.
///
/// Counts with the clock it is given, which may be set back. A value.
struct RateLimit: Sendable {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var last: Instant?

    init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
        self.tokens = burst
    }

    /// - Returns: whether one more may begin now; then it has.
    mutating func take(at now: Instant) -> Bool {
        self.refill(now)
        guard self.tokens >= 1 else { return false }
        self.tokens -= 1
        return true
    }

    /// Until ``take(at:)`` says yes; zero if it does now.
    mutating func delay(at now: Instant) -> Duration {
        self.refill(now)
        guard self.tokens < 1 else { return .zero }
        return .milliseconds(Int64(((1 - self.tokens) / self.perSecond * 1_000).rounded(.up)))
    }

    private mutating func refill(_ now: Instant) {
        defer { self.last = now }
        guard let last, now > last else { return }
        let elapsed = Double(now.milliseconds &- last.milliseconds)
        // A hair more, so that a thousand milliseconds are a second whatever the parts they came in.
        self.tokens = min(self.burst, self.tokens + elapsed * self.perSecond / 1_000 + 1e-9)
    }
}
