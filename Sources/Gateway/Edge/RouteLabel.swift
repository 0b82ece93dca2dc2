import Segment

extension Route {
    /// The route's name in logs and metrics: a fixed set of words, because a path may hold a write key.
    var label: StaticString {
        switch self {
        case .event(let type):
            switch type {
            case .identify: "/v1/identify"
            case .track: "/v1/track"
            case .page: "/v1/page"
            case .screen: "/v1/screen"
            case .group: "/v1/group"
            case .alias: "/v1/alias"
            case .delete: "/v1/delete"
            }
        case .clientEvent(let type):
            switch type {
            case .identify: "/v1/i"
            case .track: "/v1/t"
            case .page: "/v1/p"
            case .screen: "/v1/s"
            case .group: "/v1/g"
            case .alias: "/v1/a"
            case .delete: "/v1/delete"
            }
        case .batch: "/v1/batch"
        case .clientBatch: "/v1/b"
        case .metrics: "/v1/m"
        case .pixel: "/v1/pixel"
        case .jsonp: "/v1/jsonp"
        case .settings: "/v1/projects/{writeKey}/settings"
        case .partner: "/v1/partner/{source}"
        case .webhook: "/v1/webhook/{source}"
        }
    }
}
