import Segment

/// One event with its way, put together from what all responders noted about it. A value.
struct LiveEvent: Sendable {
    /// One step of the way.
    struct Step: Sendable, Equatable {
        /// A bounded word: `received`, the name of a ``LiveStage``, or `left_queue`.
        let stage: String
        /// For people; begins with the stage's word.
        let text: String
    }

    /// The stage of an event that waits no longer, and whose answer no journal has (any more).
    static let leftQueue = "left_queue"

    /// When its request arrived, milliseconds since 1970.
    let receivedAt: Int64
    /// When the last step happened, milliseconds since 1970.
    let at: Int64
    let source: String
    let traceId: String
    let messageId: String
    let type: EventType?
    /// The last step's stage.
    let stage: String
    /// Why it is there; empty where there is nothing to say.
    let code: String
    /// Hydra's last status; 0 without one.
    let status: Int
    let attempts: Int
    /// When it is tried again, milliseconds since 1970; nil when that does not depend on time.
    let retryAt: Int64?
    /// The id of its dead letter.
    let deadLetter: Int64?
    let steps: [Step]

    /// Puts entries together, the newest event first.
    ///
    /// - Parameter isWaiting: whether the event of an entry, of which no attempt is known, may still be in the queue.
    static func events(_ entries: [JournalEntry], isWaiting: (JournalEntry) -> Bool) -> [LiveEvent] {
        var events: [LiveEvent] = []
        var ways: [Key: Way] = [:]
        for entry in entries {
            switch entry.stage {
            case .queued: ways[Key(entry), default: Way()].intake = entry
            case .delivered, .retrying, .dead: ways[Key(entry), default: Way()].add(attempt: entry)
            // Each arrival of its own: a duplicate has the id of the event that it repeats.
            case .duplicate, .rejected, .filtered, .unsupported, .refused: events.append(LiveEvent(turnedAway: entry))
            }
        }
        for way in ways.values { if let event = LiveEvent(way, isWaiting: isWaiting) { events.append(event) } }
        return events.sorted { ($0.receivedAt, $0.messageId, $0.at) > ($1.receivedAt, $1.messageId, $1.at) }
    }

    /// One arrival: the trace id belongs to a request, the messageId to one event in it.
    private struct Key: Hashable {
        let traceId: String
        let messageId: String

        init(_ entry: JournalEntry) {
            self.traceId = entry.traceId
            self.messageId = entry.messageId
        }
    }

    private struct Way {
        var intake: JournalEntry?
        var attempt: JournalEntry?

        mutating func add(attempt entry: JournalEntry) {
            // A dead letter that was replayed begins again with its first attempt: the later one counts.
            guard let known = self.attempt, (known.at, known.attempt) > (entry.at, entry.attempt) else {
                self.attempt = entry
                return
            }
        }
    }

    private init(turnedAway entry: JournalEntry) {
        let reason = entry.code.isEmpty ? "" : ": \(entry.code)"
        self.init(
            entry,
            at: entry.at,
            stage: entry.stage.name,
            steps: [.received, Step(stage: entry.stage.name, text: entry.stage.name + reason)]
        )
    }

    private init?(_ way: Way, isWaiting: (JournalEntry) -> Bool) {
        guard let attempt = way.attempt else {
            guard let intake = way.intake else { return nil }
            let waits = isWaiting(intake)
            self.init(
                intake,
                at: intake.at,
                stage: waits ? LiveStage.queued.name : Self.leftQueue,
                steps: [.received, .queued] + (waits ? [] : [Step(stage: Self.leftQueue, text: "left the queue")])
            )
            return
        }
        let stage = attempt.stage.name
        self.init(
            attempt,
            at: attempt.at,
            stage: stage,
            steps: [.received, .queued, Step(stage: stage, text: Self.text(of: attempt))]
        )
    }

    private init(_ entry: JournalEntry, at: Int64, stage: String, steps: [Step]) {
        self.receivedAt = entry.receivedAt
        self.at = at
        self.source = entry.source
        self.traceId = entry.traceId
        self.messageId = entry.messageId
        self.type = entry.type
        self.stage = stage
        self.code = entry.code
        self.status = entry.status
        self.attempts = entry.attempt
        self.retryAt = entry.retryAt > 0 ? entry.retryAt : nil
        self.deadLetter = entry.stage == .dead ? entry.callId : nil
        self.steps = steps
    }

    /// `delivered 200 at the first attempt, 35 ms after it was received`.
    private static func text(of entry: JournalEntry) -> String {
        let status = entry.status > 0 ? " \(entry.status)" : ""
        let tries = entry.attempt == 1 ? "1 attempt" : "\(entry.attempt) attempts"
        switch entry.stage {
        case .delivered:
            let age = Readable.milliseconds(max(0, entry.at &- entry.receivedAt))
            return "delivered\(status) after \(tries) in \(age)"
        case .retrying:
            return "retrying\(status) after \(tries): \(entry.code)"
        default:
            return "\(entry.stage.name)\(status) after \(tries): \(entry.code)"
        }
    }
}

extension LiveEvent.Step {
    static let received = LiveEvent.Step(stage: "received", text: "received")
    static let queued = LiveEvent.Step(stage: LiveStage.queued.name, text: LiveStage.queued.name)
}
