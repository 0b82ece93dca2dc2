import Hydra
import JSON
import Segment
import Spool

/// Turns one request's events into what the spool keeps: calls for Hydra, and the rejected events with their reasons.
///
/// A value of one worker thread.
struct EventConverter {
    let source: Source
    let traceId: String
    /// The address that fills `context.ip` of client-side events.
    let remoteAddress: String?
    private let sequence: CallSequence

    private(set) var calls: [NewCall] = []
    private(set) var rejected: [RejectedEvent] = []
    /// What is not for Hydra, for those who watch.
    private(set) var skipped: [IntakeNote.Skipped] = []
    private(set) var filtered = 0
    private(set) var unsupported = 0
    private(set) var bytes = 0

    /// - Parameter sequence: the process's one.
    init(source: Source, traceId: String, remoteAddress: String?, sequence: CallSequence) {
        self.sequence = sequence
        self.source = source
        self.traceId = traceId
        self.remoteAddress = remoteAddress
    }

    /// Converts everything that was read from one request.
    mutating func convert(_ batch: EventBatch, receivedAt: Timestamp) {
        self.calls.reserveCapacity(batch.events.count)
        for event in batch.events { self.convert(event) }
        self.rejected.reserveCapacity(batch.rejected.count)
        for rejection in batch.rejected {
            self.bytes += rejection.raw.count
            self.rejected.append(
                RejectedEvent(
                    source: self.source.name,
                    code: rejection.code.rawValue,
                    message: rejection.message,
                    messageId: rejection.messageId,
                    traceId: self.traceId,
                    receivedAt: receivedAt.milliseconds,
                    raw: Array(rejection.raw)
                )
            )
        }
    }

    private mutating func convert(_ event: Event) {
        let kind: CallKind
        switch event.type {
        case .identify: kind = .identify
        case .track: kind = .track
        case .page, .screen, .group, .alias, .delete:
            self.unsupported += 1
            self.skip(event, .unsupported, code: "")
            return
        }
        guard event.isAllowed() else {
            self.filtered += 1
            self.skip(event, .filtered, code: "integrations")
            return
        }
        guard self.source.eventFilter.passes(event.name) else {
            self.filtered += 1
            self.skip(event, .filtered, code: "event_list")
            return
        }
        // The additions (source, feature, flag, normalised times) stay below 512 bytes; one allocation serves.
        var writer = JSONWriter(reserving: event.value.range.count + 512)
        event.writePartnerForm(into: &writer, ipPolicy: self.source.ipPolicy, fillIP: self.remoteAddress)
        CallBody.finish(
            &writer,
            kind: kind,
            source: self.source.name,
            sequence: self.sequence.next(),
            properties: event.properties
        )
        let body = writer.bytes
        self.bytes += body.count
        self.calls.append(
            NewCall(
                source: self.source.name,
                kind: kind.rawValue,
                lane: LaneHash.lane(
                    source: self.source.name,
                    userId: event.userId,
                    anonymousId: event.anonymousId
                ),
                dedupe: DedupeKeys.key(scope: self.source.endpoint.apiKey.scope, messageId: event.messageId),
                messageId: event.messageId,
                traceId: self.traceId,
                receivedAt: event.receivedAt.milliseconds,
                body: body
            )
        )
    }

    private mutating func skip(_ event: Event, _ stage: LiveStage, code: String) {
        self.skipped.append(
            IntakeNote.Skipped(messageId: event.messageId, type: event.type, stage: stage, code: code)
        )
    }

    /// What was converted, for the journal.
    func note(receivedAt: Timestamp) -> IntakeNote {
        IntakeNote(
            source: self.source.name,
            traceId: self.traceId,
            receivedAt: receivedAt.milliseconds,
            calls: self.calls,
            rejected: self.rejected,
            skipped: self.skipped
        )
    }
}
