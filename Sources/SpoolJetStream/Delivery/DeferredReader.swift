internal import Logging
internal import Spool

/// Reads a partition's deferred calls: those that are tried again, and those that wait behind them.
///
/// Stateless; safe from any task.
struct DeferredReader: Sendable {
    private let client: JetStreamClient
    private let layout: StreamLayout
    private let partition: Int
    private let stream: String
    private let standing: SessionStanding
    private let memory: PartitionMemory
    private let logger: Logger

    init(_ parts: JetStreamDeliverySession.Parts, standing: SessionStanding, memory: PartitionMemory) {
        self.standing = standing
        self.client = parts.client
        self.layout = parts.layout
        self.partition = parts.lease.partition
        self.stream = parts.layout.calls(parts.lease.partition)
        self.memory = memory
        self.logger = parts.logger
    }

    /// As ``DeliverySession/deferredLanes(after:limit:)``.
    func lanes(after lane: Int64?, limit: Int) -> [DeferredLane] {
        self.memory.withLock { $0.ledger.deferredLanes(after: lane, limit: limit, partition: self.partition) }
    }

    /// As ``DeliverySession/deferred(lanes:limit:maximumBytes:)``.
    func read(lanes: [Int64], limit: Int, maximumBytes: Int) async throws -> [DeferredCalls] {
        // What to read is known without reading it.
        let chosen = self.memory.withLock { state in
            var bytes = 0
            return lanes.map { lane -> [UInt64] in
                var sequences: [UInt64] = []
                for sequence in state.ledger.deferredSequences(lane: lane, limit: max(limit, 1)) {
                    if !sequences.isEmpty, bytes >= maximumBytes { break }
                    sequences.append(sequence)
                    bytes += state.ledger.deferred[sequence]?.size ?? 0
                }
                return sequences
            }
        }
        let sequences = chosen.flatMap { $0 }
        let found = try await self.standing.reading { () throws(SpoolError) in
            try await self.client.storedCalls(self.layout, self.partition, sequences)
        }
        return self.memory.withLock { state in
            for sequence in sequences where found[sequence] == nil {
                self.logger.error(
                    "a deferred call is gone: somebody deleted its message",
                    metadata: ["stream": "\(self.stream)", "sequence": "\(sequence)"]
                )
                state.ledger.vanished(sequence)
            }
            return zip(lanes, chosen).map { lane, sequences in
                let calls = sequences.compactMap { sequence -> StoredCall? in
                    // Settled meanwhile: not deferred any more.
                    guard let call = found[sequence], let entry = state.ledger.deferred[sequence] else { return nil }
                    return call.with(
                        attempts: entry.attempts,
                        firstAttemptAt: entry.firstAttemptAt,
                        notBefore: entry.notBefore
                    )
                }
                return DeferredCalls(
                    lane: lane,
                    calls: calls,
                    hasMore: state.ledger.deferredCount(lane: lane) > calls.count
                )
            }
        }
    }
}

extension JetStreamClient {
    /// Calls of a partition by their sequences; those that are not there are left out.
    func storedCalls(
        _ layout: StreamLayout,
        _ partition: Int,
        _ sequences: [UInt64]
    ) async throws(SpoolError) -> [UInt64: StoredCall] {
        let stream = layout.calls(partition)
        let messages: [StoredMessage]
        do throws(RequestError) {
            messages = try await self.storedMessages(stream: stream, sequences: sequences)
        } catch {
            throw SpoolError(error, "The stream \(stream)")
        }
        var found: [UInt64: StoredCall] = [:]
        for message in messages {
            let id = CallId.make(partition: partition, sequence: message.sequence)
            switch CallRecord.decode(message.payload, id: id) {
            case .record(let call): found[message.sequence] = call
            case .newer(let version):
                throw .needsVersion(version, "The call \(message.sequence) of the stream \(stream)")
            case .foreign: continue
            }
        }
        return found
    }
}
