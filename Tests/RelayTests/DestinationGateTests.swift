import Testing

@testable import Relay

@Suite struct DestinationGateTests {
    private struct Gate {
        var gate = DestinationGate(RelayOptions())
        var random = SplitMix(seed: 3)
        var now: Int64 = 0
        let limit: Int

        init(limit: Int = 8) {
            self.limit = limit
        }

        var state: DestinationState { self.gate.state }
        var allowance: Int { self.gate.allowance(limit: self.limit) }
        var rest: Int64 { self.gate.until - self.now }

        mutating func record(_ verdict: DestinationGate.Verdict, epoch: UInt32? = nil) {
            self.gate.record(
                verdict,
                sentIn: epoch ?? self.gate.epoch,
                limit: self.limit,
                now: self.now,
                using: &self.random
            )
        }

        mutating func fail(_ times: Int = 5) {
            for _ in 0..<times { self.record(.failed(retryAfter: 0)) }
        }

        mutating func restIsOver() {
            self.now = self.gate.until
            self.gate.advance(to: self.now)
        }
    }

    @Test func opensAfterFiveFailuresInARow() {
        var gate = Gate()
        gate.fail(4)
        #expect(gate.state == .delivering)
        gate.record(.succeeded)
        gate.fail(4)
        #expect(gate.state == .delivering)
        gate.fail(1)
        #expect(gate.state == .breakerOpen)
        #expect(gate.allowance == 0)
    }

    @Test(
        arguments: [
            (1, 500...1_000), (2, 1_000...2_000), (3, 2_000...4_000), (4, 4_000...8_000), (5, 8_000...16_000),
            (6, 16_000...32_000), (7, 30_000...60_000), (8, 30_000...60_000), (30, 30_000...60_000),
        ] as [(Int, ClosedRange<Int64>)]
    )
    func restsLongerWithEveryProbeThatFails(opening: Int, rest: ClosedRange<Int64>) {
        var gate = Gate()
        gate.fail()
        for _ in 1..<opening {
            gate.restIsOver()
            #expect(gate.state == .probing)
            gate.record(.failed(retryAfter: 0))
        }
        #expect(gate.state == .breakerOpen)
        #expect(rest.contains(gate.rest))
    }

    @Test func probesWithOneRequestThenDoublesARoundTrip() {
        var gate = Gate()
        gate.fail()
        gate.gate.advance(to: gate.gate.until - 1)
        #expect(gate.state == .breakerOpen)
        gate.restIsOver()
        #expect(gate.allowance == 1)
        gate.record(.succeeded)
        #expect(gate.allowance == 2)
        for _ in 0..<2 { gate.record(.succeeded) }
        #expect(gate.allowance == 4)
        for _ in 0..<4 { gate.record(.succeeded) }
        #expect(gate.allowance == 8)
        #expect(gate.state == .delivering)
    }

    @Test func rememberOpeningsUntilItIsWellAgain() {
        var gate = Gate()
        gate.fail()
        gate.restIsOver()
        gate.record(.succeeded)
        gate.fail()
        #expect((1_000...2_000).contains(gate.rest))
        gate.restIsOver()
        for _ in 0..<7 { gate.record(.succeeded) }
        gate.fail()
        #expect((500...1_000).contains(gate.rest))
    }

    @Test func staleAnswersNeitherOpenNorClose() {
        var gate = Gate()
        let before = gate.gate.epoch
        gate.fail()
        let until = gate.gate.until
        gate.record(.succeeded, epoch: before)
        gate.record(.failed(retryAfter: 90_000), epoch: before)
        gate.record(.unauthorized, epoch: before)
        gate.record(.rateLimited(retryAfter: 90_000), epoch: before)
        #expect(gate.state == .breakerOpen)
        #expect(gate.gate.until == until)
    }

    @Test func unauthorizedPausesAndProbesEveryMinute() {
        var gate = Gate()
        gate.record(.unauthorized)
        #expect(gate.state == .paused)
        #expect(gate.rest == 60_000)
        for _ in 0..<3 {
            gate.restIsOver()
            #expect(gate.state == .probing)
            gate.record(.unauthorized)
            #expect(gate.rest == 60_000)
        }
        gate.restIsOver()
        gate.record(.succeeded)
        #expect(gate.state == .rampingUp)
    }

    @Test func rateLimitRestsAsLongAsAskedAndIsNoFailure() {
        var gate = Gate()
        gate.fail(4)
        let before = gate.gate.epoch
        gate.record(.rateLimited(retryAfter: 7_000))
        gate.record(.rateLimited(retryAfter: 9_000), epoch: before)
        gate.record(.rateLimited(retryAfter: 2_000), epoch: before)
        #expect(gate.state == .rateLimited)
        #expect(gate.rest == 9_000)
        #expect(gate.gate.failures == 4)
        gate.restIsOver()
        #expect(gate.state == .rampingUp)
        #expect(gate.allowance == 1)
    }

    @Test func openBreakerRestsAtLeastAsLongAsAsked() {
        var gate = Gate()
        gate.record(.failed(retryAfter: 45_000))
        gate.fail(4)
        #expect(gate.rest == 45_000)
        gate.restIsOver()
        gate.record(.failed(retryAfter: 0))
        #expect(gate.rest <= 2_000)
    }

    @Test func aLimitOfOneIsWellAfterOneProbe() {
        var gate = Gate(limit: 1)
        gate.fail()
        gate.restIsOver()
        gate.record(.succeeded)
        #expect(gate.state == .delivering)
        #expect(gate.allowance == 1)
    }

    @Test func goneNeverOpens() {
        var gate = DestinationGate(RelayOptions(), isGone: true)
        gate.advance(to: .max)
        #expect(gate.isBlocked)
        #expect(gate.allowance(limit: 9) == 0)
    }
}
