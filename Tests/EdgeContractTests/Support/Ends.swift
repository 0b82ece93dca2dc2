import Hydra
import HydraLimits
import JSON
import Segment
import Spool
import Testing

@testable import Gateway
@testable import HydraEngine

/// Both ends of the contract without what lies between them: the edge that reads and converts, and the reader with which
/// Hydra judges each call. One thread's.
final class Ends {
    private let reader: EventReader
    private let parser = JSONParser()
    private let contract: ContractSchema
    private let source: Source
    private let sequence = CallSequence()
    private let account = Account(id: 1, name: "default", salt: .random())

    /// What became of a request.
    struct Outcome {
        /// Why the edge refused the whole of it; nil where it was read.
        var refusal: EdgeRejection?
        var calls: [NewCall] = []
        var rejected = 0
        var filtered = 0
        var unsupported = 0
        /// What Hydra says against calls that the edge has taken.
        var disagreements: [String] = []
    }

    init(limits: SegmentLimits = SegmentLimits(), source: String = "web") throws {
        self.reader = EventReader(limits: limits)
        self.contract = try ContractSchema()
        self.source = Source(
            name: source,
            writeKeys: [try #require(WriteKey("key"))],
            endpoint: Endpoint(url: "http://127.0.0.1:9", apiKey: APIKey("api-key")),
            isEnabled: true,
            origins: OriginList([]),
            eventFilter: EventNameFilter(),
            ipPolicy: .truncate,
            webhookSecret: nil,
            figures: SourceFigures()
        )
    }

    /// Reads a request as the edge does and asks Hydra about every call that comes of it.
    func take(_ body: [UInt8], route: Route, facts: RequestFacts) -> Outcome {
        var outcome = Outcome()
        let batch: EventBatch
        do {
            batch = try self.reader.read(body, route: route, facts: facts, makeMessageId: RandomIdentifier.uuid)
        } catch {
            outcome.refusal = error
            return outcome
        }
        var converter = EventConverter(
            source: self.source,
            traceId: "trace",
            remoteAddress: "198.51.100.7",
            sequence: self.sequence
        )
        converter.convert(batch, receivedAt: facts.receivedAt)
        outcome.calls = converter.calls
        outcome.rejected = converter.rejected.count
        outcome.filtered = converter.filtered
        outcome.unsupported = converter.unsupported
        for call in converter.calls { outcome.disagreements += self.judge(call) }
        return outcome
    }

    /// What Hydra and its published contract say against a call; empty where both take it.
    private func judge(_ call: NewCall) -> [String] {
        guard let kind = CallKind(rawValue: call.kind) else { return ["kind \(call.kind)"] }
        guard call.body.count <= CallLimits.callBytes else { return ["a call of \(call.body.count) bytes"] }
        // The id goes into a header, percent-encoded: three bytes for one, and nginx has 8 KiB for a header by default.
        guard call.messageId.utf8.count <= CallLimits.identifierCharacters else { return ["a long message id"] }
        do {
            let document = try self.parser.parse(call.body)
            let reader = CallReader(
                account: self.account,
                arrivedAt: .now(),
                idempotencyKey: call.messageId,
                sequence: self.sequence,
                nobody: NobodyRule()
            )
            do throws(CallProblem) {
                let single = try reader.single(document, kind: kind)
                let element = try reader.element(document.root)
                guard single.messageId == call.messageId, element.messageId == call.messageId else {
                    return ["the ids differ: \(single.messageId)"]
                }
            } catch {
                return ["\(error.code.rawValue): \(error.message)"]
            }
            return self.contract.problems(with: document.root, as: kind == .identify ? "IdentifyCall" : "TrackCall")
        } catch {
            return ["no JSON: \(error.message)"]
        }
    }
}
