/// What one destination lets through: its breaker, its rate limit, and the pause of a key that is not accepted.
///
///     delivering ──5 failures in a row──▶ breakerOpen ──rest over──▶ probing ──a failure──▶ breakerOpen
///         ▲                                                            │
///         └────────limit reached──────── rampingUp ◀──an answer────────┘
///
///     any ──401/403──▶ paused ──60 s──▶ probing          any ──429 + Retry-After──▶ rateLimited ──▶ rampingUp from 1
///
/// - A request that failed as a whole is one failure, however many calls it carried; any real answer, also a refusal
///   of the call, shows that the destination lives and ends the row.
/// - The breaker rests `min(cap, base · 2ⁿ)` for the n-th opening since it was last well, less up to half of it at
///   random, and at least the longest `Retry-After` of the failures. With the defaults: 0.5–1 s, 1–2 s, 2–4 s, …
///   30–60 s.
/// - Ramping up every success allows one request more: 1, 2, 4, 8 … a round trip, until the destination's limit. Only
///   then is the row of openings forgotten, so that a destination that falls over under load rests longer each time.
/// - 429 with `Retry-After` speaks of the key, not of a fault: all calls of the destination rest that long, and the
///   breaker does not count it. The calls that got it count it as an attempt of theirs, else one call that is always
///   answered 429 would hold up everybody for ever. 429 without `Retry-After` is a failure like any other: the
///   breaker's rest is the figure that was not given.
/// - Answers to requests that were sent before the gate closed are too old to open or close it again.
///
/// Pure: time is passed in, in monotonic milliseconds. A value; one owner.
struct DestinationGate: Sendable {
    /// What an answered request says of its destination.
    enum Verdict: Equatable {
        case succeeded
        /// - Parameter retryAfter: milliseconds; 0 if nothing was asked for.
        case failed(retryAfter: Int64)
        case rateLimited(retryAfter: Int64)
        case unauthorized
    }

    private(set) var state: DestinationState

    /// When a blocked state ends; `Int64.max` when not by time.
    private(set) var until: Int64 = 0

    /// Failures in a row.
    private(set) var failures = 0

    /// Counts closings: an answer is judged only by the gate that let its request through.
    private(set) var epoch: UInt32 = 0

    /// How often the breaker opened since the destination was last well.
    private var openings = 0

    /// Requests at a time while ramping up.
    private var ramp = 1

    /// The longest rest that the failures of the present row asked for.
    private var askedRest: Int64 = 0

    private let threshold: Int
    private let base: Int64
    private let cap: Int64
    private let probeInterval: Int64

    /// - Parameter isGone: a gate that never opens, for sources without a destination.
    init(_ options: RelayOptions, isGone: Bool = false) {
        self.state = isGone ? .gone : .delivering
        self.until = isGone ? .max : 0
        self.threshold = max(1, options.breakerThreshold)
        self.base = max(1, options.breakerBase.milliseconds)
        self.cap = max(self.base, options.breakerCap.milliseconds)
        self.probeInterval = max(1, options.probeInterval.milliseconds)
    }

    var isBlocked: Bool { self.state.isBlocked }

    /// How many requests may be in flight, of a destination that allows `limit`.
    func allowance(limit: Int) -> Int {
        switch self.state {
        case .delivering: limit
        case .rampingUp: min(self.ramp, limit)
        case .probing: 1
        case .breakerOpen, .rateLimited, .paused, .gone: 0
        }
    }

    /// Lets time pass: a rest that is over ends.
    mutating func advance(to now: Int64) {
        guard self.isBlocked, self.until <= now else { return }
        switch self.state {
        case .rateLimited:
            self.state = .rampingUp
            self.ramp = 1
        case .breakerOpen, .paused: self.state = .probing
        case .gone, .delivering, .rampingUp, .probing: break
        }
    }

    /// Takes the answer to a request into account.
    ///
    /// - Parameters:
    ///   - epoch: ``epoch`` when the request was sent.
    ///   - limit: the destination's concurrency.
    mutating func record(
        _ verdict: Verdict,
        sentIn epoch: UInt32,
        limit: Int,
        now: Int64,
        using random: inout SplitMix
    ) {
        guard epoch == self.epoch else {
            // Several requests in flight are told to rest: the longest rest counts.
            if case .rateLimited(let rest) = verdict, self.state == .rateLimited {
                self.until = max(self.until, now &+ rest)
            }
            return
        }
        switch verdict {
        case .succeeded: self.succeed(limit: limit)
        case .failed(let retryAfter): self.fail(retryAfter: retryAfter, now: now, using: &random)
        case .rateLimited(let retryAfter): self.close(.rateLimited, until: now &+ retryAfter)
        case .unauthorized: self.close(.paused, until: now &+ self.probeInterval)
        }
    }

    private mutating func succeed(limit: Int) {
        self.failures = 0
        self.askedRest = 0
        switch self.state {
        case .probing: self.ramp = 2
        case .rampingUp: self.ramp = min(self.ramp + 1, limit)
        case .delivering, .breakerOpen, .rateLimited, .paused, .gone: return
        }
        self.state = self.ramp >= limit ? .delivering : .rampingUp
        if self.state == .delivering { self.openings = 0 }
    }

    private mutating func fail(retryAfter: Int64, now: Int64, using random: inout SplitMix) {
        self.failures += 1
        self.askedRest = max(self.askedRest, retryAfter)
        guard self.state == .probing || self.failures >= self.threshold else { return }
        let full = RetrySchedule.ceiling(base: self.base, cap: self.cap, step: self.openings)
        let rest = max(Int64.random(in: (full + 1) / 2...full, using: &random), self.askedRest)
        self.openings += 1
        self.askedRest = 0
        self.close(.breakerOpen, until: now &+ rest)
    }

    private mutating func close(_ state: DestinationState, until: Int64) {
        self.state = state
        self.until = until
        self.epoch &+= 1
    }
}
