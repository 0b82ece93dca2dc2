internal import Spool
internal import Synchronization

/// What the holder of a partition knows of its calls: what became of each, and what settling takes of those that were handed out.
///
/// Reading and settling share it. Safe on any thread.
final class PartitionMemory: Sendable {
    /// What is known of a fresh call that was handed out, so that settling it needs no question.
    struct Known: Sendable {
        let lane: Int64
        let source: String
        let size: Int
    }

    struct State: Sendable {
        var ledger: PartitionLedger
        /// Two generations, so that calls that are handed out and never settled do not fill the memory.
        private var known: [UInt64: Known] = [:]
        private var knownBefore: [UInt64: Known] = [:]

        init(ledger: PartitionLedger) {
            self.ledger = ledger
        }

        func known(_ sequence: UInt64) -> Known? { self.known[sequence] ?? self.knownBefore[sequence] }

        mutating func remember(_ call: StoredCall, _ sequence: UInt64) {
            if self.known.count >= PartitionMemory.knownMaximum {
                self.knownBefore = self.known
                self.known = [:]
            }
            self.known[sequence] = Known(lane: call.lane, source: call.source, size: call.body.count)
        }

        mutating func forget(_ sequence: UInt64) {
            self.known[sequence] = nil
            self.knownBefore[sequence] = nil
        }
    }

    private static let knownMaximum = 100_000

    private let state: Mutex<State>

    init(ledger: PartitionLedger) {
        self.state = Mutex(State(ledger: ledger))
    }

    func withLock<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        self.state.withLock { body(&$0) }
    }

    var floor: UInt64 { self.withLock { $0.ledger.floor } }

    var summary: LedgerSummary { self.withLock { $0.ledger.summary } }
}
