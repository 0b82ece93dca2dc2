internal import Logging
internal import Spool
internal import Synchronization

/// Publishes batches: all calls of all batches are under way at once, each batch is answered when a majority of the servers has
/// acknowledged its last message.
///
/// Safe on any thread. A batch is not atomic: when some of its messages are not acknowledged, the whole batch fails, and what
/// was stored of it is recognised when it is sent again. Completions run on a thread of libnats.
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

    init(client: JetStreamClient, layout: StreamLayout, health: IntakeHealth, logger: Logger) {
        self.client = client
        self.layout = layout
        self.health = health
        self.logger = logger
        self.state = Mutex(State(acknowledged: Array(repeating: 0, count: layout.partitions)))
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

        var messages: [PendingBatch.Message] = []
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
            messages.append(PendingBatch.Message(message: message, call: index, partition: partitions[index]))
        }
        for event in batch.rejected {
            let message = OutgoingMessage(
                self.layout.rejectedSubject(source: event.source),
                RejectedRecordCoding.encode(event)
            )
            bytes += message.weight
            messages.append(PendingBatch.Message(message: message, call: nil, partition: nil))
        }
        if let error = self.reserve(messages: messages.count, bytes: bytes) { return completion(.failure(error)) }
        let pending = PendingBatch(
            calls: batch.calls,
            duplicates: duplicates,
            count: messages.count,
            bytes: bytes,
            completion: completion
        )
        for message in messages {
            self.client.publish(message.message) { result in self.answered(result, message, of: pending) }
        }
    }

    private func answered(
        _ result: Result<PublishAck, RequestError>,
        _ message: PendingBatch.Message,
        of batch: PendingBatch
    ) {
        var failure: SpoolError?
        var isDuplicate = false
        do {
            let ack = try result.get()
            isDuplicate = ack.isDuplicate
            if let partition = message.partition {
                self.state.withLock { state in
                    state.acknowledged[partition] = max(state.acknowledged[partition], ack.sequence)
                }
                if self.health.works(partition: partition) {
                    self.logger.notice("calls are stored again", metadata: ["partition": "\(partition)"])
                }
            }
        } catch {
            let what =
                message.partition.map { "The stream \(self.layout.calls($0))" } ?? "The stream \(self.layout.rejected)"
            let error = SpoolError(error, what)
            failure = error
            if let partition = message.partition, error.code != .tooLarge, error.code != .stopped, error.code != .busy,
                self.health.failed(error, partition: partition)
            {
                self.logger.error("calls cannot be stored", metadata: ["error": "\(error)"])
            }
        }
        guard let outcome = batch.answered(message, isDuplicate: isDuplicate, failure: failure) else { return }
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
