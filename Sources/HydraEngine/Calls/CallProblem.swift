/// Why a call, or the whole request, is not taken. Nothing was written then.
///
/// A value; any thread.
package struct CallProblem: Error, Equatable, Sendable {
    /// For programs: a small, stable set.
    package enum Code: String, Sendable, CaseIterable {
        case notJSON = "not_json"
        case bodyTooLarge = "body_too_large"
        case callTooLarge = "call_too_large"
        case tooDeep = "too_deep"
        case notAnObject = "not_an_object"
        case batchInvalid = "batch_invalid"
        case messageIDMissing = "message_id_missing"
        case messageIDInvalid = "message_id_invalid"
        case typeInvalid = "type_invalid"
        case noIdentity = "no_user_anon_id"
        case identityInvalid = "identity_invalid"
        case eventMissing = "event_missing"
        case timeInvalid = "time_invalid"
        case memberInvalid = "member_invalid"
        case unavailable
        case internalError = "internal_error"
    }

    package let code: Code
    /// For people. Says which member is wrong, never what stands in it.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The HTTP status: the contract says what a sender does with it.
    package var status: Int {
        switch self.code {
        case .notJSON: 400
        case .bodyTooLarge, .callTooLarge: 413
        case .unavailable: 503
        case .internalError: 500
        case .tooDeep, .notAnObject, .batchInvalid, .messageIDMissing, .messageIDInvalid, .typeInvalid, .noIdentity,
            .identityInvalid, .eventMissing, .timeInvalid, .memberInvalid:
            422
        }
    }
}
