/// What a status means for the call that it answers.
///
/// | status | verdict | because |
/// |---|---|---|
/// | 2xx, 409 | done | Hydra has it, or had it already (but see ``RetryReason/notHydra``) |
/// | 401, 403 | unauthorized | the key is wrong, not the call |
/// | 408, 423, 425, 429 | retry | they say so |
/// | 407, 421, 460 | retry | a proxy on the way answers, not Hydra |
/// | other 4xx | refused | the same call will be answered the same way |
/// | 5xx | retry | Hydra's fault; 501 too, since a newer Hydra may take the call |
/// | 1xx, 3xx, others | retry | no answer of Hydra's: a wrong address or a proxy, and nothing must be lost by it |
enum Verdict: Sendable {
    case done
    case refused
    case unauthorized
    case retry

    init(status: Int) {
        switch status {
        case 200...299, 409: self = .done
        case 401, 403: self = .unauthorized
        case 407, 408, 421, 423, 425, 429, 460: self = .retry
        case 400...499: self = .refused
        default: self = .retry
        }
    }
}
