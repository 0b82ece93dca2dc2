/// The error in an answer of JetStream.
///
/// A plain value; safe on any thread.
struct APIError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The stream is not there.
    static let streamNotFound = 10059
    /// The last sequence is not the expected one.
    static let wrongLastSequence = 10071
    /// The stream's name is taken, with another configuration.
    static let streamNameExists = 10058
    /// There is no message with this sequence or subject.
    static let noMessageFound = 10037

    /// Like an HTTP status.
    let code: Int

    /// JetStream's own number for the error.
    let errCode: Int

    let text: String

    var description: String { "\(self.text) (\(self.errCode))" }
}
