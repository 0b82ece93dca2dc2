import FastCGI
import Hydra
import Segment
import Spool
import Telemetry

/// Takes the events of one request: reads them, finds their source, appends them to the spool, and answers when they
/// are on disk.
///
/// `take` runs on worker threads and never waits for the disk; the answer is given on the spool's acknowledger thread.
final class Intake: Sendable {
    private let spool: any Spool
    private let answering: Answering
    private let budget: MemoryBudget
    private let journal: EventJournal
    private let sequence = CallSequence()

    /// - Parameter journal: is told what became of every event, for those who watch.
    init(
        spool: any Spool,
        answering: Answering,
        journal: EventJournal,
        budget: MemoryBudget = MemoryBudget()
    ) {
        self.journal = journal
        self.spool = spool
        self.answering = answering
        self.budget = budget
    }

    /// Handles one POST, pixel or JSONP request from its bytes to its answer.
    func take(_ exchange: Exchange, route: Route, settings: EdgeSettings) {
        var record = exchange.record(path: route.label)
        let policy = AnswerPolicy(route: route, query: exchange.query)
        do throws(EdgeRejection) {
            if exchange.request.bodyExceedsLimit { throw EdgeRejection(.bodyTooLarge) }
            // Segment's servers name the source in the path: who they are is known before anything is read.
            var facts = self.facts(of: exchange)
            let named = try SegmentAdmission.source(
                for: route,
                authorization: facts.authorization,
                sources: settings.sources
            )
            if let named { record.source = named.name }
            facts.webhookSecret = named?.webhookSecret
            let batch = try settings.readers.withReader { reader throws(EdgeRejection) in
                try reader.read(
                    exchange.request.body,
                    route: route,
                    facts: facts,
                    makeMessageId: RandomIdentifier.uuid
                )
            }
            let source: Source
            if let named { source = named } else { source = try self.source(of: batch, sources: settings.sources) }
            record.source = source.name
            record.wasRepaired = batch.wasRepaired
            guard source.isEnabled else { throw EdgeRejection(.sourceDisabled) }
            guard source.origins.allows(exchange.origin) else {
                record.failure = ("origin_not_allowed", "the request's origin is not among the source's allowedOrigins")
                self.refused(exchange, route: route, record: record, code: "origin_not_allowed")
                self.answering.send(policy.originRefusal, to: exchange, record: record, isOriginAllowed: false)
                return
            }
            self.append(batch, from: source, exchange: exchange, policy: policy, record: record)
        } catch {
            record.failure = (error.code.rawValue, error.message)
            self.refused(exchange, route: route, record: record, code: error.code.rawValue)
            self.answering.send(policy.refusal(error), to: exchange, record: record)
        }
    }

    private func refused(_ exchange: Exchange, route: Route, record: RequestRecord, code: String) {
        let type: EventType?
        switch route {
        case .event(let named), .clientEvent(let named): type = named
        default: type = nil
        }
        self.journal.refused(
            record,
            type: type,
            code: code,
            receivedAt: exchange.receivedAt.milliseconds,
            at: WallClock.milliseconds()
        )
    }

    private func facts(of exchange: Exchange) -> RequestFacts {
        RequestFacts(
            authorization: exchange.request["HTTP_AUTHORIZATION"],
            remoteAddress: exchange.request["REMOTE_ADDR"],
            receivedAt: exchange.receivedAt,
            query: exchange.query,
            userAgent: exchange.request["HTTP_USER_AGENT"],
            contentEncoding: exchange.request["HTTP_CONTENT_ENCODING"],
            signature: exchange.request["HTTP_X_SIGNATURE"],
            settingsHeader: exchange.request["HTTP_X_SEGMENT_SETTINGS"]
        )
    }

    private func source(of batch: EventBatch, sources: SourceRegistry) throws(EdgeRejection) -> Source {
        guard let writeKey = batch.writeKey else {
            throw batch.writeKeyHasControlCharacters
                ? EdgeRejection(.writeKeyMissing, message: EdgeRejection.controlCharactersInKey)
                : EdgeRejection(.writeKeyMissing)
        }
        guard let source = sources.source(writeKey: writeKey) else { throw EdgeRejection(.writeKeyUnknown) }
        return source
    }

    private func append(
        _ batch: EventBatch,
        from source: Source,
        exchange: Exchange,
        policy: AnswerPolicy,
        record: RequestRecord
    ) {
        var record = record
        var converter = EventConverter(
            source: source,
            traceId: exchange.traceId,
            remoteAddress: exchange.request["REMOTE_ADDR"],
            sequence: self.sequence
        )
        converter.convert(batch, receivedAt: exchange.receivedAt)
        for rejection in batch.rejected {
            self.answering.note(rejection, source: source.name, traceId: exchange.traceId)
        }
        record.rejected = batch.rejected.count
        record.filtered = converter.filtered
        record.unsupported = converter.unsupported
        if batch.events.count == 1, batch.rejected.isEmpty, let event = batch.events.first {
            record.messageId = event.messageId
            record.type = event.type
        }
        if let reason = batch.reasonForNothing { record.failure = (reason.code.rawValue, reason.message) }
        let verdict = policy.verdict(batch)
        let note = converter.note(receivedAt: exchange.receivedAt)
        guard !(converter.calls.isEmpty && converter.rejected.isEmpty) else {
            source.figures.count(.filtered, by: converter.filtered)
            source.figures.count(.unsupported, by: converter.unsupported)
            self.journal.turnedAway(note, at: WallClock.milliseconds())
            self.answering.send(verdict, to: exchange, record: record)
            return
        }

        let bytes = converter.bytes
        let count = converter.calls.count
        guard self.budget.take(bytes) else {
            source.figures.count(.refused, by: count)
            record.failure = ("busy", "too many bytes wait for their commit")
            self.journal.turnedAway(note, failure: "busy", at: WallClock.milliseconds())
            self.answering.send(
                policy.busy(
                    retryAfterSeconds: 1,
                    code: "busy",
                    message: "The gateway is catching up. Send again shortly."
                ),
                to: exchange,
                record: record
            )
            return
        }
        let filtered = converter.filtered
        let unsupported = converter.unsupported
        let rejected = converter.rejected.count
        let reply = exchange.reply
        let origin = exchange.origin
        let receivedAt = exchange.receivedAt.milliseconds
        let partial = record
        self.spool.append(AppendBatch(calls: converter.calls, rejected: converter.rejected)) { result in
            self.budget.give(bytes)
            var record = partial
            let answer: EdgeAnswer
            switch result {
            case .success(let receipt):
                record.duplicates = receipt.duplicates.count
                record.accepted = count - receipt.duplicates.count
                source.figures.count(.accepted, by: record.accepted)
                source.figures.count(.duplicate, by: record.duplicates)
                source.figures.count(.rejected, by: rejected)
                source.figures.count(.filtered, by: filtered)
                source.figures.count(.unsupported, by: unsupported)
                source.figures.sawEvent(at: receivedAt)
                self.journal.noted(note, duplicates: receipt.duplicates, at: WallClock.milliseconds())
                answer = verdict
            case .failure(let error):
                source.figures.count(.refused, by: count)
                record.failure = (error.code.rawValue, error.message)
                self.journal.turnedAway(note, failure: "spool_\(error.code.rawValue)", at: WallClock.milliseconds())
                answer = policy.busy(
                    retryAfterSeconds: error.retryAfterSeconds,
                    code: "spool_\(error.code.rawValue)",
                    message: "The gateway cannot store events at the moment. Send again later."
                )
            }
            self.answering.send(
                answer,
                to: reply,
                origin: origin,
                isOriginAllowed: true,
                record: record
            )
        }
    }
}
