/// What a responder has done and is doing: a snapshot, each number correct at its own moment.
///
/// Threads: all; a value.
package struct ResponderFigures: Sendable, Equatable {
    /// Connections accepted since the start.
    package var accepted = 0
    /// Connections open now: the following three together.
    package var open = 0
    /// Connections that wait for a request, with those few that a worker has in its hands.
    package var idle = 0
    /// Connections that wait for the rest of a request.
    package var receiving = 0
    /// Requests that the handler has and that are not answered yet.
    package var active = 0
    /// Requests given to the handler since the start.
    package var requests = 0
    /// Requests answered since the start, including those answered here because no one else did.
    package var answers = 0
    /// Connections closed because their user or address may not connect.
    package var refusedPeers = 0
    /// Connections closed because their bytes were not a front server's.
    package var malformedRecords = 0
    /// Connections closed because a request did not come, or an answer was not taken, in time.
    package var timeouts = 0
    /// Connections that the peer closed inside a request.
    package var brokenRequests = 0
    /// Requests that the front server gave up by a record.
    package var abortedRequests = 0
    /// Answers that could not be written because the peer had gone.
    package var brokenAnswers = 0
    /// Answers that were too long to be written at once, or met a peer that had not read the previous ones.
    package var slowAnswers = 0
    /// Requests whose reply was dropped: answered 500 here.
    package var unanswered = 0
    /// Second and further answers to one request: ignored.
    package var repeatedReplies = 0
    /// Headers of answers that were left out because of their bytes.
    package var droppedHeaders = 0
    /// Requests whose body was over the limit.
    package var longBodies = 0
    /// Requests whose parameters were over the limit: answered 431 here.
    package var longParameters = 0
    /// Times that accepting paused because descriptors, memory or connections ran out.
    package var acceptPauses = 0
    /// Connections closed unserved because such a pause had lasted too long.
    package var turnedAway = 0
}

extension ResponderFigures {
    init(_ counters: Counters) {
        self.accepted = counters.accepted.value
        // In this order: an answer that is counted has its request counted.
        self.answers = counters.answers.value
        self.requests = counters.requests.value
        self.active = max(0, self.requests &- self.answers)
        self.refusedPeers = counters.refusedPeers.value
        self.malformedRecords = counters.malformedRecords.value
        self.timeouts = counters.timeouts.value
        self.brokenRequests = counters.brokenRequests.value
        self.abortedRequests = counters.abortedRequests.value
        self.brokenAnswers = counters.brokenAnswers.value
        self.slowAnswers = counters.slowAnswers.value
        self.unanswered = counters.unanswered.value
        self.repeatedReplies = counters.repeatedReplies.value
        self.droppedHeaders = counters.droppedHeaders.value
        self.longBodies = counters.longBodies.value
        self.longParameters = counters.longParameters.value
        self.acceptPauses = counters.acceptPauses.value
        self.turnedAway = counters.turnedAway.value
    }
}
