/// Where an event stands, or where its way ended. The raw values stand in files that responders leave for each other.
///
/// A value; any thread.
enum LiveStage: UInt8, CaseIterable, Sendable {
    /// On disk, waits for its delivery.
    case queued = 0
    /// Seen before: not kept again.
    case duplicate = 1
    /// No valid event.
    case rejected = 2
    /// Switched off by its `integrations` or by its source's event lists.
    case filtered = 3
    /// A type that Hydra does not take.
    case unsupported = 4
    /// Not taken: the spool could not, or the whole request was no good.
    case refused = 5
    /// Hydra has it.
    case delivered = 6
    /// An attempt failed and another follows.
    case retrying = 7
    /// Given up: a dead letter.
    case dead = 8

    /// The word for it, in JSON, in a query and on the page.
    var name: String {
        switch self {
        case .queued: "queued"
        case .duplicate: "duplicate"
        case .rejected: "rejected"
        case .filtered: "filtered"
        case .unsupported: "unsupported"
        case .refused: "refused"
        case .delivered: "delivered"
        case .retrying: "retrying"
        case .dead: "dead"
        }
    }

    init?(name: String) {
        guard let stage = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = stage
    }

    /// What the edge says of an event. Together they are what was received.
    static let intake: [LiveStage] = [.queued, .duplicate, .rejected, .filtered, .unsupported, .refused]

    /// Of the intake what does not go on.
    static let turnedAway: [LiveStage] = [.rejected, .filtered, .duplicate, .unsupported, .refused]

    /// The counter of a source behind it; nil for what happens in delivery.
    var outcome: SourceFigures.Outcome? {
        switch self {
        case .queued: .accepted
        case .duplicate: .duplicate
        case .rejected: .rejected
        case .filtered: .filtered
        case .unsupported: .unsupported
        case .refused: .refused
        case .delivered, .retrying, .dead: nil
        }
    }
}
