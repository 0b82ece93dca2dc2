/// The calls of Segment's tracking API, and `delete`, which Segment's own servers alone send.
///
/// A plain value; any thread.
package enum EventType: String, Sendable, CaseIterable {
    case identify
    case track
    case page
    case screen
    case group
    case alias
    case delete

    /// Whether Hydra takes this call. The others are accepted, counted and logged, not relayed.
    package var isRelayed: Bool {
        self == .identify || self == .track
    }

    /// The name as a literal, for writing and comparing without a string.
    var spelling: StaticString {
        switch self {
        case .identify: "identify"
        case .track: "track"
        case .page: "page"
        case .screen: "screen"
        case .group: "group"
        case .alias: "alias"
        case .delete: "delete"
        }
    }
}
