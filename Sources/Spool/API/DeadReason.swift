/// Why a call became a dead letter.
///
/// A plain value; safe on any thread.
package struct DeadReason: Sendable, Equatable {
    /// The bounded code of the reason, for example `refused` or `expired`.
    package let code: String

    /// The HTTP status of the last answer; nil when there was none.
    package let status: Int?

    /// What happened, for a person. The spool keeps its first ``SpoolLimits/reasonBytes`` bytes.
    package let message: String

    /// The beginning of the last answer's body. The spool keeps its first ``SpoolLimits/reasonBytes`` bytes.
    package let answer: String

    /// How often its delivery was tried.
    package let attempts: Int

    /// When it was given up, in milliseconds since 1970 UTC.
    package let at: Int64

    package init(code: String, status: Int?, message: String, answer: String, attempts: Int, at: Int64) {
        self.code = code
        self.status = status
        self.message = message
        self.answer = answer
        self.attempts = attempts
        self.at = at
    }
}
