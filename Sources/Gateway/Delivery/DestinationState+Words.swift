import Relay

extension DestinationState {
    /// For people.
    var label: String {
        switch self {
        case .delivering: "delivering"
        case .rampingUp: "ramping up"
        case .probing: "probing"
        case .breakerOpen: "breaker open"
        case .rateLimited: "rate limited"
        case .paused: "key refused"
        case .gone: "not configured"
        }
    }

    /// What a person who reads it at night should know.
    var advice: String {
        switch self {
        case .delivering: "all is well again"
        case .rampingUp: "it answered; the number of requests grows with every success"
        case .probing: "one call at a time is tried"
        case .breakerOpen: "it failed several times in a row; calls are kept and it is tried again by itself"
        case .rateLimited: "it asked for a rest with Retry-After; calls are kept"
        case .paused:
            "it does not accept the API key; calls are kept and one is tried each probe interval. Check the key"
        case .gone: "no configured source leads here; its calls are kept until the source is configured again"
        }
    }
}
