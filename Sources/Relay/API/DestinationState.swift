/// What a destination lets through at the moment. The raw values are fit for a log and for a metric's label.
///
/// A value; any thread.
package enum DestinationState: String, Sendable, CaseIterable {
    /// All is well: up to the configured concurrency.
    case delivering
    /// It answered again; the number of requests at a time grows with every success.
    case rampingUp = "ramping_up"
    /// It is tried with one call at a time.
    case probing
    /// The breaker is open: it failed too often in a row, nothing is sent for a while.
    case breakerOpen = "breaker_open"
    /// It asked for a rest (429 with Retry-After), nothing is sent for that long.
    case rateLimited = "rate_limited"
    /// It does not accept the API key (401, 403): nothing is sent but a probe from time to time.
    case paused
    /// The configuration does not know the source any more.
    case gone

    /// Whether nothing at all may be sent.
    package var isBlocked: Bool {
        switch self {
        case .delivering, .rampingUp, .probing: false
        case .breakerOpen, .rateLimited, .paused, .gone: true
        }
    }

    /// What several partitions, or several processes, see of one destination, in one word: the state that lets least
    /// through, since it says what is wrong.
    package static func together(_ states: some Sequence<DestinationState>) -> DestinationState {
        states.max { $0.severity < $1.severity } ?? .delivering
    }

    private var severity: Int {
        switch self {
        case .delivering: 0
        case .rampingUp: 1
        case .probing: 2
        case .rateLimited: 3
        case .breakerOpen: 4
        case .paused: 5
        case .gone: 6
        }
    }
}
