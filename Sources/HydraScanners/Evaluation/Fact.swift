import HydraDataPoints
import Synchronization

/// A known value, and what comparing it needs: made once, when the first condition looks at it.
///
/// Shared by the copies of the facts it belongs to; any thread.
final class Fact: Sendable {
    let value: DataValue
    private let prepared = Mutex<Comparand?>(nil)

    init(_ value: DataValue) {
        self.value = value
    }

    var comparand: Comparand {
        self.prepared.withLock { prepared in
            if let prepared { return prepared }
            let comparand = Comparand(self.value)
            prepared = comparand
            return comparand
        }
    }
}
