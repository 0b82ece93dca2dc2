import Dispatch
import Hydra
import Segment
import Spool
import Synchronization

/// Takes rejected events again, under the limits and rules of today: after a limit was raised, or with a version that knows
/// more. Those that are still not right stay where they are.
///
/// One thread: the command's.
struct RejectedRetry {
    /// What became of one event.
    enum Outcome: Equatable {
        case taken
        /// It is in the queue already, or was within the deduplication window.
        case knownAlready
        /// Not right, not complete, or not for Hydra: in words.
        case left(String)
    }

    let configuration: GatewayConfiguration
    let spool: any Spool

    func retry(_ record: RejectedRecord) -> Outcome {
        guard record.rawBytes == record.event.raw.count else {
            return .left("only its first \(record.event.raw.count) bytes were kept")
        }
        let sources = SourceRegistry(self.configuration.makeSources(keeping: []))
        guard let source = sources.source(named: record.event.source) else {
            return .left("there is no source \(record.event.source) any more")
        }
        let batch: EventBatch
        do throws(EdgeRejection) {
            batch = try EventReader(limits: self.configuration.segmentLimits).read(
                Array(#"{"batch":["#.utf8) + record.event.raw + Array("]}".utf8),
                route: .batch,
                facts: RequestFacts(receivedAt: Timestamp(milliseconds: record.event.receivedAt)),
                makeMessageId: RandomIdentifier.uuid
            )
        } catch {
            return .left("\(error.code.rawValue): \(error.message)")
        }
        if let still = batch.rejected.first { return .left("\(still.code.rawValue): \(still.message)") }
        var converter = EventConverter(
            source: source,
            traceId: record.event.traceId,
            remoteAddress: nil,
            sequence: CallSequence()
        )
        converter.convert(batch, receivedAt: Timestamp(milliseconds: record.event.receivedAt))
        guard !converter.calls.isEmpty else { return .left("it is not for Hydra") }
        return self.append(converter.calls)
    }

    private func append(_ calls: [NewCall]) -> Outcome {
        let box = ResultBox()
        self.spool.append(AppendBatch(calls: calls)) { box.put($0) }
        switch box.wait() {
        case .success(let receipt): return receipt.duplicates.isEmpty ? .taken : .knownAlready
        case .failure(let error): return .left(error.message)
        }
    }
}

/// Waits for the answer of an append: on the command's thread, which has nothing else to do.
private final class ResultBox: Sendable {
    private let ready = DispatchSemaphore(value: 0)
    private let held = Mutex<Result<AppendReceipt, SpoolError>?>(nil)

    func put(_ result: Result<AppendReceipt, SpoolError>) {
        self.held.withLock { $0 = result }
        self.ready.signal()
    }

    func wait() -> Result<AppendReceipt, SpoolError> {
        self.ready.wait()
        let closed = SpoolError(code: .stopped, message: "the spool was closed", retryAfterSeconds: 1)
        return self.held.withLock { $0 } ?? .failure(closed)
    }
}
