import CFastCGI
import Logging
import Synchronization

extension Engine {
    /// Answers up to this size are written by the thread that gives them, if the peer has read the previous ones: they
    /// fit into any send buffer (the default of Linux is 208 KiB), so that thread does not wait.
    private static let directAnswerBytes = 32 << 10
    /// Written before the kernel is asked whether the peer reads.
    private static let unconfirmedBytes = 64 << 10
    /// Record headers and what the kernel adds to each piece.
    private static let overheadBytes = 1 << 10

    /// Writes the answer to the request that the connection carries; from any thread, once for each request.
    func answer(_ connection: Connection, with response: Response) {
        connection.take()
        let dropped = connection.library.printHead(of: response)
        if dropped > 0 { self.counters.droppedHeaders.add(dropped, ordering: .relaxed) }
        if self.fits(response, in: connection) || !self.keeperQueue.add(connection, response, self.writeTimeout) {
            unsafe response.body.withUnsafeBytes { unsafe _ = connection.library.write($0) }
            self.finish(connection)
        }
    }

    /// Ends the request and lets the connection wait for the next, or closes it.
    func finish(_ connection: Connection) {
        let isOpen = connection.library.finish()
        self.counters.answers.increment()
        if !isOpen { self.counters.brokenAnswers.increment() }
        guard isOpen, connection.isKept else {
            self.close(connection, isOpen: isOpen)
            return
        }
        // Also while the responder stops: the peer may have read the answer and sent the next request already.
        self.wait(connection, in: .idle)
    }

    /// Whether the whole answer can be written without waiting for the peer.
    private func fits(_ response: Response, in connection: Connection) -> Bool {
        // Headers are a few hundred bytes, and printed before this is asked: an unusual kilobyte changes nothing.
        let bytes = response.body.count &+ Self.overheadBytes
        guard bytes <= Self.directAnswerBytes else { return false }
        connection.unconfirmedBytes &+= bytes
        if connection.unconfirmedBytes <= Self.unconfirmedBytes { return true }
        guard cfcgi_unsent(connection.descriptor) == 0 else { return false }
        connection.unconfirmedBytes = bytes
        return true
    }

    /// The handler has let go of a request.
    func answerDropped(_ connection: Connection, trace: String?) {
        self.counters.unanswered.increment()
        self.logger.error(
            "request not answered: the handler dropped its reply",
            metadata: trace.map { ["trace.id": "\($0)"] } ?? [:]
        )
        self.answer(connection, with: .unanswered)
    }

    func answerRepeated(trace: String?) {
        self.counters.repeatedReplies.increment()
        guard let held = self.replyThrottle.pass() else { return }
        var metadata: Logger.Metadata = ["log.held": "\(held)"]
        if let trace { metadata["trace.id"] = "\(trace)" }
        self.logger.error("request answered twice: the second answer was ignored", metadata: metadata)
    }
}
