internal import CNATS
internal import Spool

extension SpoolError {
    /// What a client is told to wait while an operator has to do something, in seconds.
    static let operatorPause = 30

    /// What a client is told to wait for what usually passes by itself, in seconds: an election takes 4 to 9.
    static let passingPause = 5

    /// The spool was closed.
    static let closed = SpoolError(
        code: .stopped,
        message: "The spool is closed: the process is shutting down.",
        retryAfterSeconds: Self.passingPause
    )

    static func unreachable(_ what: String) -> SpoolError {
        SpoolError(
            code: .unreachable,
            message: "\(what). See that the NATS servers run and a majority of them reach each other; the spool goes on"
                + " by itself.",
            retryAfterSeconds: Self.passingPause
        )
    }

    static func misconfigured(_ what: String) -> SpoolError {
        SpoolError(code: .misconfigured, message: what, retryAfterSeconds: Self.operatorPause)
    }

    static func tooOld(_ server: String, _ version: ServerVersion) -> SpoolError {
        .misconfigured(
            "The NATS server \(server) is too old: it is version \(version). Run \(ServerVersion.needed) or later on all"
                + " servers (https://nats.io/download): earlier ones cannot store a batch whole or not at all."
        )
    }

    /// A partition is delivered by another gateway now.
    static func ownershipLost(_ partition: Int, _ why: String) -> SpoolError {
        SpoolError(
            code: .missing,
            message: "This session does not deliver partition \(partition) any more: \(why). Release the session and"
                + " acquire another one.",
            retryAfterSeconds: Self.passingPause
        )
    }

    /// From a request that was not answered.
    init(_ failure: RequestFailure, _ what: String) {
        switch failure {
        case .closed: self = .closed
        case .tooLarge(let maximum):
            self.init(
                code: .tooLarge,
                message:
                    "\(what): the servers take at most \(maximum) bytes a message. Raise their max_payload, or lower"
                    + " the limit for events.",
                retryAfterSeconds: Self.operatorPause
            )
        case .disconnected: self = .unreachable("\(what): the connection to the servers is down")
        case .timedOut: self = .unreachable("\(what): no answer in time")
        case .noResponders: self = .unreachable("\(what): the stream has no leader")
        case .client(let text): self = .unreachable("\(what): \(text)")
        }
    }

    /// From an answer that says no.
    init(_ refusal: APIError, _ what: String) {
        // 10077 is any failure of the store; only its text says which.
        switch refusal.errCode {
        case 10077 where refusal.description.contains("maximum"), 10023, 10002, 10047, 10028, 10122:
            self.init(
                code: .full,
                message:
                    "\(what): \(refusal). See that deliveries succeed, raise the bound, or give the servers more room.",
                retryAfterSeconds: Self.operatorPause
            )
        case 10054, 10097:
            self.init(
                code: .tooLarge,
                message: "\(what): \(refusal). Lower the limit for events.",
                retryAfterSeconds: Self.operatorPause
            )
        case 10158:
            // Later servers say so: the same message is being stored for another request.
            self.init(code: .busy, message: "\(what): \(refusal). Try again.", retryAfterSeconds: 1)
        default: self = .unreachable("\(what): \(refusal)")
        }
    }
}
