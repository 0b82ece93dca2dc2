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
    /// Its place among messages that are stored together or not at all.
    var place: BatchPlace?
    /// Goes before what waits to be written: a lease is renewed however many calls there are.
    var isUrgent = false

    init(_ subject: String, _ payload: [UInt8] = []) {
        self.subject = subject
        self.payload = payload
    }

    /// What the servers read of it beside subject and payload, in their order.
    var headers: [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let id = self.messageId { headers.append(("Nats-Msg-Id", id)) }
        if let sequence = self.expectedLastSequence { headers.append(("Nats-Expected-Last-Sequence", "\(sequence)")) }
        if let sequence = self.expectedLastSubjectSequence {
            headers.append(("Nats-Expected-Last-Subject-Sequence", "\(sequence)"))
        }
        if let place = self.place {
            headers.append(("Nats-Batch-Id", place.batch))
            headers.append(("Nats-Batch-Sequence", "\(place.sequence)"))
            if place.isLast { headers.append(("Nats-Batch-Commit", "1")) }
        }
        return headers
    }

    /// What it takes in memory and on the wire, roughly.
    var weight: Int { self.payload.count + self.subject.utf8.count + 128 }
}

/// A message's place in an atomic batch: the servers keep the batch aside until its last message, and store it whole then or,
/// where one is missing, not at all.
///
/// A plain value; safe on any thread.
struct BatchPlace: Sendable, Equatable {
    /// The most messages of a batch that servers take, unless they are told otherwise.
    static let maximumMessages = 1_000

    /// Names the batch; at most 64 characters.
    let batch: String
    /// From 1 on, without gaps.
    let sequence: Int
    let isLast: Bool
}
