/// What one settlement changes in a ledger: each sequence stands in it once.
///
/// A plain value; safe on any thread.
struct LedgerChange: Sendable, Equatable {
    /// A call that is, or stays, deferred.
    struct Deferral: Sendable, Equatable {
        let sequence: UInt64
        let source: String
        /// Its `source` index means nothing here.
        let entry: DeferredEntry

        static func == (left: Self, right: Self) -> Bool {
            left.sequence == right.sequence && left.source == right.source && left.entry.lane == right.entry.lane
                && left.entry.attempts == right.entry.attempts && left.entry.notBefore == right.entry.notBefore
                && left.entry.firstAttemptAt == right.entry.firstAttemptAt && left.entry.size == right.entry.size
        }
    }

    /// Delivered, or dead: ranges in their order that neither touch nor overlap.
    var settled: [ClosedRange<UInt64>] = []

    /// How many calls of each source the destination took.
    var delivered: [String: Int] = [:]

    var deferred: [Deferral] = []

    var isEmpty: Bool { self.settled.isEmpty && self.deferred.isEmpty }
}

/// A ledger, or a piece of one, as the journal keeps it.
///
/// A plain value; safe on any thread.
struct LedgerSnapshot: Sendable, Equatable {
    var floor: UInt64 = 0
    var settled: [ClosedRange<UInt64>] = []
    var delivered: [String: Int] = [:]
    var deferred: [LedgerChange.Deferral] = []
}
