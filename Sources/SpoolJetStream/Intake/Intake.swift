internal import Logging
internal import Spool
internal import Synchronization

/// Takes appends: encodes their calls, hands each partition its part, and answers when a majority of the servers has acknowledged
/// all parts.
///
/// Safe on any thread. An append's part of a partition is stored whole or not at all; where one part fails and another does not,
/// the append fails, and what was stored of it is recognised when it is sent again. All calls of a user are in one part.
final class Intake: Sendable {
    /// What may be under way at once.
    private static let maximumMessages = 32_768
    private static let maximumBytes = 64 << 20

    /// What stands in a message beside the call's own bytes, at most: the headers of the protocol.
    private static let overhead = 512

    private struct State {
        var messages = 0
        var bytes = 0
        var isClosed = false
        var appended: [String: Int] = [:]
        var duplicates: [String: Int] = [:]
        /// The highest acknowledged sequence of each partition.
        var acknowledged: [UInt64]
    }

    private let client: JetStreamClient
    private let layout: StreamLayout
    private let health: IntakeHealth
    private let logger: Logger
    private let state: Mutex<State>
    /// For each partition's calls, and behind them for rejected events.
    private let writers: [StreamWriter]

    init(client: JetStreamClient, layout: StreamLayout, health: IntakeHealth, replicas: Int, logger: Logger) {
        self.client = client
        let streams = (0..<layout.partitions).map(layout.calls) + [layout.rejected]
        self.writers = streams.map { StreamWriter(client: client, stream: $0, replicas: replicas) }
        self.layout = layout
        self.health = health
        self.logger = logger
        self.state = Mutex(State(acknowledged: Array(repeating: 0, count: layout.partitions)))
        let writers = self.writers
        // Ends with the client.
        _ = client.addTicker { for writer in writers { writer.tick() } }
    }

    /// What this process has done since it was started, of each source.
    var counts: (appended: [String: Int], duplicates: [String: Int]) {
        self.state.withLock { ($0.appended, $0.duplicates) }
    }

    /// The highest sequence of a partition that was acknowledged to this process.
    func acknowledged(_ partition: Int) -> UInt64 {
        self.state.withLock { $0.acknowledged.indices.contains(partition) ? $0.acknowledged[partition] : 0 }
    }

    /// Whether nothing is under way.
    var isIdle: Bool { self.state.withLock { $0.messages == 0 } }

    func close() {
        self.state.withLock { $0.isClosed = true }
    }

    func append(
        _ batch: AppendBatch,
        completion: @escaping @Sendable (Result<AppendReceipt, SpoolError>) -> Void
    ) {
        guard !batch.calls.isEmpty || !batch.rejected.isEmpty else {
            return completion(
                self.state.withLock { $0.isClosed } ? .failure(.closed) : .success(AppendReceipt(duplicates: []))
            )
        }
        let partitions = batch.calls.map { self.layout.partition(of: $0.lane) }
        if let refusing = self.health.refusingNow(partitions) { return completion(.failure(refusing)) }

        var pieces: [Int: AppendPiece] = [:]
        var count = 0
        var keys: Set<DedupeKey> = []
        var duplicates: [Int] = []
        var bytes = 0
        let maximum = self.client.maximumPayload - Self.overhead
        for (index, call) in batch.calls.enumerated() {
            guard keys.insert(call.dedupe).inserted else {
                duplicates.append(index)
                continue
            }
            let payload = CallRecord.encode(call)
            guard payload.count <= maximum, call.body.count <= SpoolLimits.callBytes else {
                return completion(.failure(Self.tooLarge(call, maximum: min(maximum, SpoolLimits.callBytes))))
            }
            var message = OutgoingMessage(
                self.layout.callSubject(partitions[index], source: call.source),
                payload
            )
            message.messageId = Self.hexadecimal(call.dedupe)
            bytes += message.weight
            count += 1
            pieces[partitions[index], default: AppendPiece()].append(
                AppendPiece.Message(message: message, call: index)
            )
        }
        for event in batch.rejected {
            let message = OutgoingMessage(
                self.layout.rejectedSubject(source: event.source),
                RejectedRecordCoding.encode(event)
            )
            bytes += message.weight
            count += 1
            pieces[self.layout.partitions, default: AppendPiece()].append(
                AppendPiece.Message(message: message, call: nil)
            )
        }
        if let error = self.reserve(messages: count, bytes: bytes) { return completion(.failure(error)) }
        let pending = PendingBatch(
            calls: batch.calls,
            duplicates: duplicates,
            pieces: pieces.count,
            count: count,
            bytes: bytes,
            completion: completion
        )
        for (index, var piece) in pieces {
            piece.answer = { duplicates, sequence, failure in
                self.note(index, sequence, failure)
                guard let outcome = pending.answered(duplicates, failure: failure) else { return }
                self.answer(pending, outcome)
            }
            self.writers[index].write(piece)
        }
    }

    /// What an answer says of a partition.
    private func note(_ partition: Int, _ sequence: UInt64, _ failure: SpoolError?) {
        guard partition < self.layout.partitions else { return }
        if let failure {
            if failure.code != .tooLarge, failure.code != .stopped, failure.code != .busy,
                self.health.failed(failure, partition: partition)
            {
                self.logger.error("calls cannot be stored", metadata: ["error": "\(failure)"])
            }
            return
        }
        self.state.withLock { state in
            state.acknowledged[partition] = max(state.acknowledged[partition], sequence)
        }
        if self.health.works(partition: partition) {
            self.logger.notice("calls are stored again", metadata: ["partition": "\(partition)"])
        }
    }

    private func answer(_ batch: PendingBatch, _ outcome: Result<AppendReceipt, SpoolError>) {
        self.state.withLock { state in
            state.messages -= batch.count
            state.bytes -= batch.bytes
            guard case .success(let receipt) = outcome else { return }
            let duplicates = Set(receipt.duplicates)
            for (index, call) in batch.calls.enumerated() {
                if duplicates.contains(index) {
                    state.duplicates[call.source, default: 0] += 1
                } else {
                    state.appended[call.source, default: 0] += 1
                }
            }
        }
        batch.completion(outcome)
    }

    private func reserve(messages: Int, bytes: Int) -> SpoolError? {
        self.state.withLock { state -> SpoolError? in
            if state.isClosed { return .closed }
            // A single batch is let through whatever its size: the edge bounds it.
            let fits = state.messages + messages <= Self.maximumMessages && state.bytes + bytes <= Self.maximumBytes
            guard fits || state.messages == 0 else {
                return SpoolError(
                    code: .busy,
                    message:
                        "\(state.messages) messages wait for the NATS servers' acknowledgement: they do not keep up.",
                    retryAfterSeconds: SpoolError.passingPause
                )
            }
            state.messages += messages
            state.bytes += bytes
            return nil
        }
    }

    private static func tooLarge(_ call: NewCall, maximum: Int) -> SpoolError {
        SpoolError(
            code: .tooLarge,
            message:
                "The call \(call.messageId) is \(call.body.count) bytes long, with what is kept beside it more than the"
                + " \(maximum) bytes that the NATS servers take. Lower the limit for events, or raise max_payload there.",
            retryAfterSeconds: SpoolError.operatorPause
        )
    }

    /// 32 digits.
    private static func hexadecimal(_ key: DedupeKey) -> String {
        unsafe String(unsafeUninitializedCapacity: 32) { buffer in
            for (half, bits) in [key.high, key.low].enumerated() {
                for digit in 0..<16 {
                    let value = UInt8(truncatingIfNeeded: bits >> UInt64(60 - 4 * digit)) & 15
                    unsafe buffer[half * 16 + digit] = value < 10 ? 0x30 + value : 0x57 + value
                }
            }
            return 32
        }
    }
}
