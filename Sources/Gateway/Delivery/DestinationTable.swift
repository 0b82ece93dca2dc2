import Hydra
import Relay
import Synchronization

/// Where each source's calls go, as of the newest configuration. Any thread.
final class DestinationTable: Sendable {
    private let destinations: Mutex<[String: Destination]>

    init(_ destinations: [String: Destination]) {
        self.destinations = Mutex(destinations)
    }

    /// Replaces all of it, at a reload.
    func replace(_ destinations: [String: Destination]) {
        self.destinations.withLock { $0 = destinations }
    }

    /// nil: the configuration does not know this source (any more); its calls are kept.
    subscript(source: String) -> Destination? {
        self.destinations.withLock { $0[source] }
    }
}
