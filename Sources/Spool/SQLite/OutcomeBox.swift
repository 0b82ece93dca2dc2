import Dispatch
import Synchronization

/// Hands an outcome from the acknowledger to a thread that waits for it.
final class OutcomeBox: Sendable {
    private let outcome = Mutex<Outcome?>(nil)
    private let ready = DispatchSemaphore(value: 0)

    func put(_ outcome: Outcome) {
        self.outcome.withLock { $0 = outcome }
        self.ready.signal()
    }

    /// Blocks.
    func take() -> Outcome {
        self.ready.wait()
        return self.outcome.withLock { $0 } ?? .failure(.stopped)
    }
}

/// Lets the committer, which is made first, reach the keeper.
final class KeeperBox: Sendable {
    private let box = Mutex<SpoolKeeper?>(nil)

    var keeper: SpoolKeeper? {
        get { self.box.withLock { $0 } }
        set { self.box.withLock { $0 = newValue } }
    }
}
