/// The figures of a partition that only its owner knows.
///
/// A plain value; safe on any thread.
struct LedgerSummary: Sendable, Equatable {
    struct Source: Sendable, Equatable {
        let name: String
        /// Fresh calls among those that the owner has read.
        var fresh = 0
        var deferred = 0
        /// Calls that the destination took, ever.
        var delivered = 0
    }

    /// Everything up to here is settled.
    var floor: UInt64 = 0

    /// Sequences above the floor with nothing left to deliver.
    var settledAbove = 0

    var deferred = 0

    var sources: [Source] = []
}
