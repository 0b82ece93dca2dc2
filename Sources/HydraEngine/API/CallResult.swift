import Hydra
import JSON

/// What is answered for one call.
///
/// A value; any thread.
struct CallResult: Sendable {
    var messageId: String?
    var kind: CallKind?
    var source: String?
    var outcome: CallOutcome

    init(call: IncomingCall, outcome: CallOutcome) {
        self.messageId = call.messageId
        self.kind = call.kind
        self.source = call.source
        self.outcome = outcome
    }

    init(problem: CallProblem, messageId: String?, kind: CallKind?) {
        self.messageId = messageId
        self.kind = kind
        self.outcome = .failed(problem)
    }

    var status: Int {
        switch self.outcome {
        case .accepted, .duplicate: 200
        case .failed(let problem): problem.status
        }
    }

    var code: String {
        switch self.outcome {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .failed(let problem): problem.code.rawValue
        }
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("messageId", optional: self.messageId)
        writer.member("status", self.status)
        writer.member("code", self.code)
        if case .failed(let problem) = self.outcome { writer.member("message", problem.message) }
        writer.endObject()
    }

    /// What the log is told.
    func handled(by exchange: Exchange, isBatched: Bool) -> HandledCall {
        HandledCall(
            requestID: exchange.request.requestID,
            messageId: self.messageId,
            type: self.kind?.name,
            source: self.source,
            status: self.status,
            code: self.code,
            duration: exchange.duration,
            isBatched: isBatched
        )
    }
}
