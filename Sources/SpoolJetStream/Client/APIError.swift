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
    /// A message with this id is being stored for another request.
    static let duplicateUnderWay = 10158
    /// Atomic batches are not allowed on the stream.
    static let batchesDisabled = 10174
    /// Some of a batch did not arrive, or its leader is another one by now: nothing of it is stored.
    static let batchIncomplete = 10176
    /// A batch holds a message whose id is known already: nothing of it is stored.
    static let batchHasDuplicate = 10201
    /// Other clients have begun too many batches.
    static let tooManyBatches = 10210

    /// Like an HTTP status.
    let code: Int

    /// JetStream's own number for the error.
    let errCode: Int

    let text: String

    var description: String { "\(self.text) (\(self.errCode))" }
}
