internal import Hydra

/// What the answers to one request say together.
///
/// A value; any thread.
struct BatchOutcome: Sendable {
    /// How the calls of the request are to be treated.
    enum Kind: Equatable {
        /// Each by its own answer.
        case each
        /// The endpoint has no batch route.
        case noBatch
    }

    let kind: Kind
    let verdict: DestinationGate.Verdict

    init(_ answers: [Answer], calls: Int, schedule: RetrySchedule) {
        var succeeded = false
        var unauthorized = false
        var rateLimited = false
        var rest: Int64 = 0
        var limitRest: Int64 = 0
        var noBatch = calls > 0
        for answer in answers.prefix(calls) {
            switch answer {
            case .done:
                succeeded = true
                noBatch = false
            case .refused:
                succeeded = true
                noBatch = false
            case .unauthorized:
                unauthorized = true
                noBatch = false
            case .retry(let status, let reason, _, let after):
                let bounded = schedule.bounded(retryAfter: after)
                rest = max(rest, bounded)
                if status == 429, after != nil {
                    rateLimited = true
                    limitRest = max(limitRest, bounded)
                }
                noBatch = noBatch && reason == RetryReason.noBatch.rawValue
            }
        }
        noBatch = noBatch && answers.count == calls
        self.kind = noBatch ? .noBatch : .each
        // The key comes first: what is not accepted cannot be too fast. An answer that there is no batch is one.
        if unauthorized {
            self.verdict = .unauthorized
        } else if rateLimited {
            self.verdict = .rateLimited(retryAfter: limitRest)
        } else if succeeded || noBatch {
            self.verdict = .succeeded
        } else {
            self.verdict = .failed(retryAfter: rest)
        }
    }
}
