internal import Spool
internal import Synchronization

/// A batch whose messages are under way.
///
/// Safe on any thread.
final class PendingBatch: Sendable {
    struct Message: Sendable {
        let message: OutgoingMessage
        /// The call's place in the batch; nil for a rejected event.
        let call: Int?
        let partition: Int?
    }

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

    init(
        calls: [NewCall],
        duplicates: [Int],
        count: Int,
        bytes: Int,
        completion: @escaping @Sendable (Result<AppendReceipt, SpoolError>) -> Void
    ) {
        self.calls = calls
        self.count = count
        self.bytes = bytes
        self.completion = completion
        self.state = Mutex(State(missing: count, duplicates: duplicates))
    }

    /// Returns the batch's outcome with its last answer.
    func answered(_ message: Message, isDuplicate: Bool, failure: SpoolError?) -> Result<AppendReceipt, SpoolError>? {
        self.state.withLock { state in
            state.missing -= 1
            if isDuplicate, let call = message.call { state.duplicates.append(call) }
            // What the sender can do something about comes first.
            if let failure, state.failure == nil || failure.code == .tooLarge { state.failure = failure }
            guard state.missing == 0 else { return nil }
            if let failure = state.failure { return .failure(failure) }
            return .success(AppendReceipt(duplicates: state.duplicates.sorted()))
        }
    }
}
