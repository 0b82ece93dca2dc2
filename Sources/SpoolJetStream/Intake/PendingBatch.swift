internal import Spool
internal import Synchronization

/// One append whose messages are under way, to one stream or several.
///
/// Safe on any thread.
final class PendingBatch: Sendable {
    private struct State {
        var missing: Int
        var duplicates: [Int]
        var failure: SpoolError?
    }

    let calls: [NewCall]
    let count: Int
    let bytes: Int
    let completion: @Sendable (Result<AppendReceipt, SpoolError>) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - duplicates: places of calls that are repeats of others in the same append.
    ///   - pieces: how many answers there will be.
    ///   - count: how many messages there are.
    init(
        calls: [NewCall],
        duplicates: [Int],
        pieces: Int,
        count: Int,
        bytes: Int,
        completion: @escaping @Sendable (Result<AppendReceipt, SpoolError>) -> Void
    ) {
        self.calls = calls
        self.count = count
        self.bytes = bytes
        self.completion = completion
        self.state = Mutex(State(missing: pieces, duplicates: duplicates))
    }

    /// Returns the append's outcome with its last answer.
    ///
    /// - Parameter duplicates: places of calls that were stored before.
    func answered(_ duplicates: [Int], failure: SpoolError?) -> Result<AppendReceipt, SpoolError>? {
        self.state.withLock { state in
            state.missing -= 1
            state.duplicates += duplicates
            // What the sender can do something about comes first.
            if let failure, state.failure == nil || failure.code == .tooLarge { state.failure = failure }
            guard state.missing == 0 else { return nil }
            if let failure = state.failure { return .failure(failure) }
            return .success(AppendReceipt(duplicates: state.duplicates.sorted()))
        }
    }
}
