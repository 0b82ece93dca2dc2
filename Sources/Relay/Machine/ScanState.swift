/// Where the scans of fresh calls are.
///
/// A value; one owner.
struct ScanState: Sendable {
    /// A read of fresh calls, or of their sources, under way. One at a time: what a read leaves out depends on how far
    /// the one before came.
    struct Fetch: Sendable {
        enum Target: Sendable, Equatable {
            case main
            case destination(Int)
            case survey
        }

        let target: Target
        /// The sources that are read, if not by the main scan.
        var sources: [SourceSlot] = []
        /// Room that it may fill.
        var reserved = 0
        /// Sources were let go since it began: what it returns was sent already, or will be read again.
        var isStale = false

        /// The destination that is read, if it is one alone.
        var destination: Int? {
            if case .destination(let destination) = self.target { destination } else { nil }
        }
    }

    /// The main scan has passed every fresh call up to this id.
    var position: Int64 = 0

    /// Nothing stood behind `position` when it was read.
    var isAtEnd = false

    /// Calls were appended while a read was under way that may not have seen them.
    var wasAppended = false

    /// The wait for new calls was asked for.
    var isAwaiting = false

    /// The last step of the main scan met nobody's calls: asking who has any may spare the rest.
    var wantsSurvey = false

    /// The main scan had to stop for want of room.
    var isStarved = false

    var fetch: Fetch?

    /// Whose turn it is: 0 is the main scan (the destination of that index never reads).
    var turn = 0

    /// Sources whose outstanding calls are waited for.
    var draining: [SourceSlot] = []
}

/// A read of deferred calls under way.
///
/// A value; one owner.
struct LoadUnderWay: Sendable {
    let destination: Int
    let lanes: [LaneSlot]
    /// Room that it may fill.
    let reserved: Int
}
