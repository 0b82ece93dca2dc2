internal import Spool

/// What became of calls and is not yet on disk.
///
/// Batches are numbered: everything that is ordered while one is being committed goes into the next. A value; one
/// owner.
struct SettlingState: Sendable {
    /// Ordered, not yet handed out.
    var pending: [Settlement] = []
    /// The source of each.
    var pendingSources: [SourceSlot] = []

    /// Handed out, not yet on disk; kept until it is, to be handed out again.
    var current: [Settlement] = []
    var currentSources: [SourceSlot] = []
    /// Whether `current` is being committed right now.
    var isUnderWay = false

    /// The number of the last batch on disk.
    var committed: Int64 = 0
    /// The number of the last batch handed out.
    var taken: Int64 = 0

    /// Sending stopped because too much is unsettled.
    var holdsSends = false

    /// Settlements that are not on disk.
    var count: Int { self.pending.count + self.current.count }
}
