private import JSON

/// Reads what became of each call of a batch: `{"results":[{"messageId","status","code","message"}, …]}`.
enum BatchAnswer {
    /// One answer for each call, in order.
    ///
    /// - Parameters:
    ///   - answer: a complete answer with a 2xx status.
    ///   - now: seconds since 1970.
    /// - Throws: ``TransportFailure`` with ``RetryReason/badBatchAnswer`` if the answer does not tell beyond doubt what
    ///   became of each call. Then all must be sent again: repeats do no harm, and a wrong guess would lose calls.
    static func read(_ answer: HTTPAnswer, to calls: ArraySlice<Call>, now: Int64) throws(TransportFailure) -> [Answer]
    {
        func doubt(_ what: String) -> TransportFailure {
            TransportFailure(.badBatchAnswer, "the answer to a batch of \(calls.count) calls \(what)")
        }
        guard !answer.body.isEmpty else { throw doubt("has no body, or one that is too long") }
        guard let document = try? JSONParser(maximumBytes: answer.body.count).parse(answer.body) else {
            throw doubt("is not JSON")
        }
        guard let results = document.root["results"], case .array = results.kind else {
            throw doubt("has no array \"results\"")
        }
        guard results.count == calls.count else { throw doubt("has \(results.count) results") }
        let after = RetryAfter.parse(answer.retryAfter, now: now)
        var answers: [Answer] = []
        answers.reserveCapacity(calls.count)
        for (call, result) in zip(calls, results.elements) {
            guard let status = result["status"]?.int64, (100...599).contains(status) else {
                throw doubt("has a result without a status, at \(answers.count)")
            }
            // A result may leave the id out where the call was so wrong that it could not be read, but it must not
            // name another call's: then the order is lost, and with it what belongs to what.
            if let messageId = result["messageId"]?.string, messageId != call.messageId {
                throw doubt("names another message id at \(answers.count)")
            }
            let error = HydraError(result)
            answers.append(
                Answer(
                    status: Int(status),
                    code: error.code,
                    message: error.message ?? "answered with \(status)",
                    after: after
                )
            )
        }
        return answers
    }
}
