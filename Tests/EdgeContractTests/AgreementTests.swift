import Foundation
import HydraLimits
import JSON
import Segment
import Testing

/// What the edge answers 200 to, Hydra takes: no call becomes a dead letter that no replay can cure.
@Suite struct AgreementTests {
    /// Calls that are drawn; `CALLS=1000000` for the long form, `SEED` for other ones.
    private static func number(_ name: String, or fallback: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
    }

    private static var largest: SegmentLimits {
        var limits = SegmentLimits()
        limits.eventBytes = SegmentLimits.largestEventBytes
        limits.batchBytes = 4 << 20
        limits.depth = SegmentLimits.largestDepth
        limits.identifierBytes = SegmentLimits.largestIdentifierBytes
        return limits
    }

    @Test("Hydra takes every call that the edge takes", arguments: [SegmentLimits(), AgreementTests.largest])
    func noCallIsTakenHereAndRefusedThere(limits: SegmentLimits) throws {
        let wanted = Self.number("CALLS", or: 20_000) / 2
        let seed = UInt64(Self.number("SEED", or: 20_261_201))
        var generator = RequestGenerator(seed: seed, limits: limits)
        let ends = try Ends(limits: limits)
        var calls = 0
        var rejected = 0
        var refused = 0
        var disagreements: [String] = []
        while calls < wanted, disagreements.count < 10 {
            let request = generator.request()
            let outcome = ends.take(request.body, route: request.route, facts: request.facts)
            calls += outcome.calls.count
            rejected += outcome.rejected
            refused += outcome.refusal == nil ? 0 : 1
            for disagreement in outcome.disagreements {
                disagreements.append(
                    "\(disagreement)\n  \(String(decoding: request.body.prefix(2_000), as: UTF8.self))"
                )
            }
        }
        #expect(disagreements == [], "seed \(seed)")
        // The language is the whole one only if much of it is refused.
        #expect(rejected > wanted / 20 && refused > wanted / 100, "\(rejected) rejected, \(refused) refused")
        print(
            "edge and contract: \(calls) calls taken by both, \(rejected) events and \(refused) requests refused by the edge"
        )
    }

    @Test(
        "Inputs that were answered 200 and refused by Hydra for ever",
        arguments: [
            #"{"userId":"u","event":"E","timestamp":"0000-06-01T00:00:00Z"}"#,
            #"{"userId":"u","event":"E","timestamp":"0001-01-01T00:00:00+02:00"}"#,
            #"{"userId":"u","event":"E","timestamp":"0001-01-01T00:00:00Z","sentAt":"2026-01-02T03:04:10.678Z"}"#,
            #"{"userId":"u","event":"E","timestamp":-62167219200000}"#,
            #"{"userId":"u","event":"E","messageId":"\#(String(repeating: "m", count: 1_025))"}"#,
            #"{"userId":"u","event":"E","messageId":"\#(String(repeating: "m", count: 9_000))"}"#,
            #"{"userId":"u","event":"E","messageId":"\#(String(repeating: "😀", count: 1_000))"}"#,
            #"{"userId":"u","event":"E","messageId":\#(String(repeating: "7", count: 1_500))}"#,
        ]
    )
    func isTakenByBoth(body: String) throws {
        let outcome = try Ends().take(
            Array(body.utf8),
            route: .event(.track),
            facts: RequestFacts(receivedAt: Timestamp(milliseconds: 1_767_323_045_678))
        )
        #expect(outcome.calls.count == 1)
        #expect(outcome.disagreements == [])
    }

    @Test func whatTheBatchSaysForAllMustNotNestTooDeep() throws {
        func refusal(levels: Int) throws -> EdgeRejection.Code? {
            let deep = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
            let outcome = try Ends(limits: Self.largest).take(
                Array(#"{"context":{"a":\#(deep)},"batch":[{"type":"track","userId":"u","event":"E"}]}"#.utf8),
                route: .batch,
                facts: RequestFacts(receivedAt: Timestamp(milliseconds: 1_767_323_045_678))
            )
            #expect(outcome.disagreements == [])
            return outcome.refusal?.code
        }
        #expect(try refusal(levels: CallLimits.depth - 2) == nil)
        #expect(try refusal(levels: CallLimits.depth - 1) == .bodyTooDeep)
    }
}
