import Configuration
import Synchronization

/// Notes which provider answered the last read: swift-configuration tells its access reporter, not its reader. Keeps the
/// provider's position alone, never a value. Any thread; one loader uses one.
final class OriginRecorder: AccessReporter, Sendable {
    private let position = Mutex<Int?>(nil)

    /// Position of the provider in the reader's list; nil when none had a value.
    func take() -> Int? {
        self.position.withLock { $0.take() }
    }

    func report(_ event: AccessEvent) {
        let hasValue =
            if case .success(let result)? = event.providerResults.last?.result { result.value != nil } else { false }
        let position = hasValue ? event.providerResults.count - 1 : nil
        self.position.withLock { $0 = position }
    }
}
