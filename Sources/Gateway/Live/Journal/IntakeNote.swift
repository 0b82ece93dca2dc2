import Hydra
import Segment
import Spool

/// The events of one request, kept until it is known what became of them.
///
/// A value; shares the storage of what the spool gets.
struct IntakeNote: Sendable {
    /// An event that is not for Hydra.
    struct Skipped: Sendable, Equatable {
        let messageId: String
        let type: EventType
        let stage: LiveStage
        /// Why it was filtered; empty for what Hydra does not take.
        let code: String
    }

    let source: String
    let traceId: String
    let receivedAt: Int64
    let calls: [NewCall]
    let rejected: [RejectedEvent]
    let skipped: [Skipped]

    /// Writes one entry for each event.
    func write(to ring: inout JournalRing, duplicates: [Int], failure: String?, at now: Int64) {
        var entry = JournalEntry(
            at: now,
            receivedAt: self.receivedAt,
            source: self.source,
            traceId: self.traceId,
            messageId: "",
            type: nil,
            stage: .queued
        )
        var duplicates = duplicates[...]
        // Of a batch that is larger than a ring only the last can be seen.
        let first = max(0, self.calls.count - EventJournal.capacity)
        while let next = duplicates.first, next < first { duplicates.removeFirst() }
        for index in self.calls.indices.dropFirst(first) {
            let call = self.calls[index]
            entry.messageId = call.messageId
            entry.receivedAt = call.receivedAt
            entry.type = CallKind(rawValue: call.kind).map { $0 == .identify ? .identify : .track }
            if let failure {
                entry.stage = .refused
                entry.code = failure
            } else if duplicates.first == index {
                duplicates.removeFirst()
                entry.stage = .duplicate
            } else {
                entry.stage = .queued
            }
            ring.append(entry)
        }
        entry.type = nil
        entry.receivedAt = self.receivedAt
        for event in self.rejected.suffix(EventJournal.capacity) {
            entry.messageId = event.messageId ?? ""
            entry.stage = failure == nil ? .rejected : .refused
            entry.code = failure ?? event.code
            ring.append(entry)
        }
        for event in self.skipped.suffix(EventJournal.capacity) {
            entry.messageId = event.messageId
            entry.type = event.type
            entry.stage = failure == nil ? event.stage : .refused
            entry.code = failure ?? event.code
            ring.append(entry)
        }
    }
}
