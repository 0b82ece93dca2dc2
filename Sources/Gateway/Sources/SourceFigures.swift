import Synchronization

/// What one source has sent to this process, event by event. Any thread counts; reading is not a consistent cut.
package final class SourceFigures: Sendable {
    /// What became of an event at the edge.
    package enum Outcome: String, CaseIterable, Sendable {
        /// On disk, will be delivered.
        case accepted
        /// Seen before inside the deduplication window: answered 200, not kept again.
        case duplicate
        /// Not a valid event: answered 200, kept in the rejected store.
        case rejected
        /// Switched off by its `integrations` object or by the source's event lists.
        case filtered
        /// A type that Hydra does not take (page, screen, group, alias, delete).
        case unsupported
        /// Refused because the spool could not take it; the client was told to come back.
        case refused
    }

    private let accepted = Atomic<UInt64>(0)
    private let duplicate = Atomic<UInt64>(0)
    private let rejected = Atomic<UInt64>(0)
    private let filtered = Atomic<UInt64>(0)
    private let unsupported = Atomic<UInt64>(0)
    private let refused = Atomic<UInt64>(0)
    private let lastEvent = Atomic<Int64>(0)

    package init() {}

    /// Adds `count` events of one outcome.
    package func count(_ outcome: Outcome, by count: Int = 1) {
        guard count > 0 else { return }
        let amount = UInt64(count)
        switch outcome {
        case .accepted: self.accepted.wrappingAdd(amount, ordering: .relaxed)
        case .duplicate: self.duplicate.wrappingAdd(amount, ordering: .relaxed)
        case .rejected: self.rejected.wrappingAdd(amount, ordering: .relaxed)
        case .filtered: self.filtered.wrappingAdd(amount, ordering: .relaxed)
        case .unsupported: self.unsupported.wrappingAdd(amount, ordering: .relaxed)
        case .refused: self.refused.wrappingAdd(amount, ordering: .relaxed)
        }
    }

    /// Remembers when the newest event came in, milliseconds since 1970.
    package func sawEvent(at milliseconds: Int64) {
        self.lastEvent.store(milliseconds, ordering: .relaxed)
    }

    /// Events of this outcome since the process started.
    package subscript(_ outcome: Outcome) -> UInt64 {
        switch outcome {
        case .accepted: self.accepted.load(ordering: .relaxed)
        case .duplicate: self.duplicate.load(ordering: .relaxed)
        case .rejected: self.rejected.load(ordering: .relaxed)
        case .filtered: self.filtered.load(ordering: .relaxed)
        case .unsupported: self.unsupported.load(ordering: .relaxed)
        case .refused: self.refused.load(ordering: .relaxed)
        }
    }

    /// When the newest event came in, milliseconds since 1970; nil before the first.
    package var lastEventAt: Int64? {
        let value = self.lastEvent.load(ordering: .relaxed)
        return value == 0 ? nil : value
    }
}
