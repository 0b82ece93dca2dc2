/// What a call asks of Hydra. The raw values stand in the spool's rows: they are never renumbered.
///
/// A value; any thread.
package enum CallKind: UInt8, Sendable, CaseIterable {
    /// Creates or updates a person, and through it a company.
    case identify = 1
    /// Records one thing a person did.
    case track = 2

    /// The word that stands in `type` and at the end of ``path``.
    package var name: String {
        switch self {
        case .identify: "identify"
        case .track: "track"
        }
    }

    /// The path under the endpoint's base URL, with its leading slash.
    package var path: String {
        switch self {
        case .identify: "/v1/identify"
        case .track: "/v1/track"
        }
    }

    /// The kind that `type` names, exactly as Segment spells it; nil for every other word.
    package init?(name: String) {
        switch name {
        case "identify": self = .identify
        case "track": self = .track
        default: return nil
        }
    }
}
