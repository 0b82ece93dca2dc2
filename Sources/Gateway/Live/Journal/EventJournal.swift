import Hydra
import Segment
import Spool
import Synchronization

/// What happened to the newest events in this process, for those who watch.
///
/// Any thread. Three rings, each with a lock of its own, because three kinds of threads write: the spool's acknowledger,
/// the workers that turn events away, the relay's tasks. So the first, which every event passes, is the only user of
/// its lock but for a reader once a second. Nothing is formatted and no text is copied here.
final class EventJournal: Sendable {
    /// Entries of one ring. At 120 bytes and the ids it keeps alive a ring is some 300 KB; a thousand events are more
    /// than anybody follows, and at a rate that fills it in a moment a page shows a moment.
    static let capacity = 1_024
    /// Sources of which delivery is counted; a spool that has seen more counts the rest of them nowhere here.
    static let sources = 1_024

    /// Delivery's counts of one source since the process started.
    struct DeliveryCounts: Sendable {
        var delivered: UInt64 = 0
        var retrying: UInt64 = 0
        var dead: UInt64 = 0
    }

    private struct Delivery {
        var ring = JournalRing(capacity: EventJournal.capacity)
        var counts: [String: DeliveryCounts] = [:]
    }

    private let committed = Mutex(JournalRing(capacity: EventJournal.capacity))
    private let turnedAway = Mutex(JournalRing(capacity: EventJournal.capacity))
    private let delivery = Mutex(Delivery())

    // MARK: Intake

    /// Events of a request that is on disk.
    ///
    /// - Parameter duplicates: indices into the note's calls, ascending.
    func noted(_ note: IntakeNote, duplicates: [Int], at now: Int64) {
        self.committed.withLock { note.write(to: &$0, duplicates: duplicates, failure: nil, at: now) }
    }

    /// The same for events of which nothing reached the spool.
    ///
    /// - Parameter failure: why nothing was kept; nil where there was nothing to keep.
    func turnedAway(_ note: IntakeNote, failure: String? = nil, at now: Int64) {
        self.turnedAway.withLock { note.write(to: &$0, duplicates: [], failure: failure, at: now) }
    }

    /// A whole request that was refused before its events were known.
    func refused(_ record: RequestRecord, type: EventType?, code: String, receivedAt: Int64, at now: Int64) {
        let entry = JournalEntry(
            at: now,
            receivedAt: receivedAt,
            source: record.source ?? "",
            traceId: record.traceId,
            messageId: "",
            type: type,
            stage: .refused,
            code: code
        )
        self.turnedAway.withLock { $0.append(entry) }
    }

    // MARK: Delivery

    /// One attempt at Hydra; the parameters are those of ``Relay/RelayObserver``.
    func attempted(_ call: StoredCall, answer: Answer, nanoseconds: UInt64, willRetryAt: Int64?, at now: Int64) {
        var entry = JournalEntry(
            at: now,
            receivedAt: call.receivedAt,
            source: call.source,
            traceId: call.traceId,
            messageId: call.messageId,
            type: CallKind(rawValue: call.kind).map { $0 == .identify ? .identify : .track },
            stage: .delivered
        )
        entry.attempt = call.attempts &+ 1
        entry.took = Int64(clamping: nanoseconds / 1_000_000)
        entry.callId = call.id
        entry.retryAt = willRetryAt ?? 0
        switch answer {
        case .done(let status):
            entry.status = status
        case .refused(let status, let code, _):
            entry.stage = willRetryAt == nil ? .dead : .retrying
            entry.status = status
            entry.code = code
        case .unauthorized(let status, _):
            entry.stage = .retrying
            entry.status = status
            entry.code = "unauthorized"
        case .retry(let status, let reason, _, _):
            entry.stage = willRetryAt == nil ? .dead : .retrying
            entry.status = status ?? 0
            entry.code = reason
        }
        self.delivery.withLock { delivery in
            delivery.ring.append(entry)
            guard delivery.counts.count < Self.sources || delivery.counts[entry.source] != nil else { return }
            switch entry.stage {
            case .delivered: delivery.counts[entry.source, default: DeliveryCounts()].delivered &+= 1
            case .dead: delivery.counts[entry.source, default: DeliveryCounts()].dead &+= 1
            default: delivery.counts[entry.source, default: DeliveryCounts()].retrying &+= 1
            }
        }
    }

    // MARK: Reading

    /// The newest `limit` entries of each ring.
    func newest(_ limit: Int) -> [JournalEntry] {
        self.committed.withLock { $0.newest(limit) } + self.turnedAway.withLock { $0.newest(limit) }
            + self.delivery.withLock { $0.ring.newest(limit) }
    }

    /// Grows with every entry: whether there is anything new.
    var total: UInt64 {
        self.committed.withLock { $0.total } &+ self.turnedAway.withLock { $0.total }
            &+ self.delivery.withLock { $0.ring.total }
    }

    /// What delivery did for each source since the process started.
    var deliveryCounts: [String: DeliveryCounts] { self.delivery.withLock { $0.counts } }
}
