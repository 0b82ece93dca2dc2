/// Why a request has no answer. Whether the servers did what it asked is not known, except after ``tooLarge`` and
/// ``noResponders``.
///
/// A plain value; safe on any thread.
enum RequestFailure: Error, Sendable, Equatable {
    /// The connection broke, or there is none.
    case disconnected
    /// No answer in time.
    case timedOut
    /// Nobody listens to the subject: the stream is not there, or has no leader.
    case noResponders
    /// The message is longer than the servers take.
    case tooLarge(maximum: Int)
    /// The client library refused, for the reason given.
    case client(String)
    /// The client was closed.
    case closed
}
