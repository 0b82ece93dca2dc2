/// A call that was given up and is kept until someone replays or drops it.
///
/// A plain value; safe on any thread.
package struct DeadLetter: Sendable, Equatable {
    /// The call under the id that it had when it was given up. `attempts` and `firstAttemptAt` are those of its
    /// delivery; `notBefore` is 0.
    package let call: StoredCall

    /// Why it was given up.
    package let reason: DeadReason

    /// The call's id.
    package var id: Int64 { self.call.id }

    package init(call: StoredCall, reason: DeadReason) {
        self.call = call
        self.reason = reason
    }
}
