/// A message on its way to the servers.
///
/// A plain value; safe on any thread.
struct OutgoingMessage: Sendable {
    var subject: String
    /// What the servers recognise the message by when it comes again.
    var messageId: String?
    /// The stream's last sequence must be this.
    var expectedLastSequence: UInt64?
    /// The last sequence of the subject must be this; 0: it has none.
    var expectedLastSubjectSequence: UInt64?
    var payload: [UInt8]
    /// Goes before what waits to be written: a lease is renewed however many calls there are.
    var isUrgent = false

    init(_ subject: String, _ payload: [UInt8] = []) {
        self.subject = subject
        self.payload = payload
    }

    /// What it takes in memory and on the wire, roughly.
    var weight: Int { self.payload.count + self.subject.utf8.count + 128 }
}
