import HydraLimits
package import JSON
import Synchronization

/// JSON parsers for threads that come and go: each is used by one at a time, and keeps its buffers.
///
/// Any thread. Parsing is done under the slot's lock: it computes, it never waits.
package final class ParserPool: Sendable {
    private final class Slot: Sendable {
        let parser = Mutex(JSONParser(maximumBytes: CallLimits.batchBytes))
    }

    private let slots: [Slot]
    private let next = Atomic<Int>(0)

    /// - Parameter count: as many as threads parse at once; more only share.
    package init(count: Int) {
        self.slots = (0..<max(count, 1)).map { _ in Slot() }
    }

    package func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
        let turn = self.next.wrappingAdd(1, ordering: .relaxed).oldValue
        let slot = self.slots[Int(UInt(bitPattern: turn) % UInt(self.slots.count))]
        return try slot.parser.withLock { (parser) throws(JSONError) in try parser.parse(bytes) }
    }
}
