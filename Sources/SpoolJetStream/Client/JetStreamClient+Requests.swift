internal import JSON
internal import Spool

/// What is said to JetStream.
extension JetStreamClient {
    /// Stores a message.
    func publish(
        _ message: OutgoingMessage,
        patience: Duration = JetStreamClient.patience,
        _ completion: @escaping @Sendable (Result<PublishAck, RequestError>) -> Void
    ) {
        self.publish([message], patience: patience, completion)
    }

    /// Stores messages that are one batch; answered for all of them with the place of the last one.
    func publish(
        _ messages: [OutgoingMessage],
        patience: Duration = JetStreamClient.patience,
        asksEach: Bool = false,
        _ completion: @escaping @Sendable (Result<PublishAck, RequestError>) -> Void
    ) {
        self.request(messages, patience: patience, isForLeader: true, asksEach: asksEach) { result in
            completion(
                Result { () throws(RequestError) in
                    switch result {
                    case .failure(let failure): throw .failed(failure)
                    case .success(let answer): return try PublishAck(answer.payload)
                    }
                }
            )
        }
    }

    /// Asks the servers' management for something; the answer is one JSON document.
    func ask(
        _ operation: String,
        _ body: [UInt8] = [],
        _ completion: @escaping @Sendable (Result<JSONDocument, RequestError>) -> Void
    ) {
        var message = OutgoingMessage("$JS.API.\(operation)", body)
        message.isUrgent = true
        self.request(message) { result in
            completion(
                Result { () throws(RequestError) in
                    switch result {
                    case .failure(let failure): throw .failed(failure)
                    case .success(let answer):
                        // The subjects of a hundred thousand dead letters are some MiB.
                        guard let document = try? JSONParser(maximumBytes: 256 << 20).parse(answer.payload) else {
                            throw .failed(.client("an unreadable answer"))
                        }
                        if let error = APIError(document) { throw .refused(error) }
                        return document
                    }
                }
            )
        }
    }

    /// A message of a stream that the stream's leader has; nil when there is none.
    ///
    /// - Parameter selector: `{"seq":7}`, or `{"last_by_subj":"a.b"}`.
    func storedMessage(
        stream: String,
        _ selector: [UInt8],
        _ completion: @escaping @Sendable (Result<StoredMessage?, RequestError>) -> Void
    ) {
        self.ask("STREAM.MSG.GET.\(stream)", selector) { result in
            completion(
                Result { () throws(RequestError) in
                    do throws(RequestError) {
                        let document = try result.get()
                        guard let message = StoredMessage(document) else {
                            throw RequestError.failed(.client("an unreadable message"))
                        }
                        return message
                    } catch {
                        if error.errCode == APIError.noMessageFound { return nil }
                        throw error
                    }
                }
            )
        }
    }

    /// The messages with these sequences, or nil where there is none: asked of any server that keeps the stream, and of its
    /// leader when that one has not got it, because it may be behind.
    func storedMessage(
        stream: String,
        sequence: UInt64,
        _ completion: @escaping @Sendable (Result<StoredMessage?, RequestError>) -> Void
    ) {
        let selector = Array(#"{"seq":\#(sequence)}"#.utf8)
        self.request(OutgoingMessage("$JS.API.DIRECT.GET.\(stream)", selector), patience: .seconds(2)) { result in
            if case .success(let answer) = result, let message = StoredMessage(direct: answer),
                message.sequence == sequence
            {
                return completion(.success(message))
            }
            self.storedMessage(stream: stream, selector, completion)
        }
    }

    // MARK: Waiting for answers

    func ask(_ operation: String, _ body: [UInt8] = []) async throws(RequestError) -> JSONDocument {
        let result = await withCheckedContinuation { continuation in
            self.ask(operation, body) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    func publish(_ message: OutgoingMessage) async throws(RequestError) -> PublishAck {
        let result = await withCheckedContinuation { continuation in
            self.publish(message) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Messages by their sequences, in pieces; those that are not there are left out.
    func storedMessages(stream: String, sequences: [UInt64]) async throws(RequestError) -> [StoredMessage] {
        var messages: [StoredMessage] = []
        var rest = sequences[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Self.piece))
            rest = rest.dropFirst(Self.piece)
            let results = await Gathering<Result<StoredMessage?, RequestError>>.all(piece) { sequence, done in
                self.storedMessage(stream: stream, sequence: sequence, done)
            }
            for result in results {
                if let message = try result.get() { messages.append(message) }
            }
        }
        return messages
    }

    /// How many questions are under way at once, in a row of many.
    static let piece = 128

    /// The same as ``ask(_:_:)`` for a thread, which waits.
    func askAndWait(_ operation: String, _ body: [UInt8] = []) throws(RequestError) -> JSONDocument {
        let results = Gathering<Result<JSONDocument, RequestError>>.wait([()]) { _, done in
            self.ask(operation, body, done)
        }
        guard let result = results.first else { throw .failed(.closed) }
        return try result.get()
    }

    /// Several questions at once.
    func askAndWait(_ questions: [(operation: String, body: [UInt8])]) -> [Result<JSONDocument, RequestError>] {
        var answers: [Result<JSONDocument, RequestError>] = []
        var rest = questions[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Self.piece))
            rest = rest.dropFirst(Self.piece)
            answers += Gathering.wait(piece) { question, done in self.ask(question.operation, question.body, done) }
        }
        return answers
    }
}
