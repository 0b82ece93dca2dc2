/// What became of an ``AppendBatch`` that is on disk.
///
/// A plain value; safe on any thread.
package struct AppendReceipt: Sendable, Equatable {
    /// Indices into `AppendBatch.calls`, ascending, of the calls that were not stored because the deduplication window
    /// had seen them already or because they stand twice in the batch (the first one counts).
    package let duplicates: [Int]

    package init(duplicates: [Int]) {
        self.duplicates = duplicates
    }
}
