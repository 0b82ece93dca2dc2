import Hydra
import Spool
import Testing

@testable import Relay

/// Retrying calls.
@Suite struct RelayRetryTests {
    @Test func followsTheScheduleOfItsSeed() {
        func attempts(seed: UInt64) -> [Int64] {
            var options = RelayOptions()
            options.breakerThreshold = .max
            var simulation = Simulation(options: options, seed: seed)
            simulation.react = { call, _, _ in call.attempts < 12 ? .retry() : .done }
            simulation.spool.append(source: "demo", lane: 1)
            simulation.start()
            simulation.expectDrained()
            #expect(simulation.sent.map(\.attempt) == Array(1...13))
            return simulation.sent.map(\.at)
        }
        let times = attempts(seed: 4)
        #expect(times == attempts(seed: 4))
        #expect(times != attempts(seed: 5))
        let schedule = RetrySchedule(RelayOptions())
        for (index, pair) in zip(times, times.dropFirst()).enumerated() {
            // The request, the settlement and the read take a few milliseconds.
            #expect(pair.1 - pair.0 <= schedule.ceiling(attempts: index + 1) + 10)
        }
    }

    @Test func becomesADeadLetterAfterSeventyTwoHours() {
        var options = RelayOptions()
        options.breakerThreshold = .max
        var simulation = Simulation(options: options)
        simulation.react = { _, _, _ in .retry() }
        simulation.spool.append(source: "demo", lane: 1)
        simulation.start()
        let begin = simulation.time.monotonic
        simulation.expectDrained()
        #expect(simulation.spool.place(1) == .dead(code: "expired"))
        let took = simulation.time.monotonic - begin
        #expect((72 * 3_600_000...72 * 3_600_000 + 300_100).contains(took))
        #expect((1_400...2_000).contains(simulation.sent.count))
        #expect(simulation.machine.counters == RelayCounters(delivered: 0, retried: simulation.sent.count - 1, dead: 1))
    }

    @Test func timeBehindAnotherCallDoesNotCount() {
        var options = RelayOptions()
        options.breakerThreshold = .max
        var simulation = Simulation(options: options)
        simulation.react = { call, _, _ in call.id == 1 || call.attempts < 3 ? .retry() : .done }
        simulation.spool.append(source: "demo", lane: 1)
        simulation.spool.append(source: "demo", lane: 1)
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.spool.place(1) == .dead(code: "expired"))
        #expect(simulation.spool.place(2) == .delivered)
    }

    @Test func anOutageOfFourDaysKillsNobody() {
        var simulation = Simulation()
        let end = simulation.time.monotonic + 96 * 3_600_000
        simulation.checkEvery = 500
        simulation.maximumSteps = 1_000_000
        simulation.react = { _, _, time in time.monotonic < end ? .retry(status: nil, reason: "connect_refused") : .done
        }
        for lane in 0..<Int64(12_000) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.accepted.count == 12_000)
        // Probes only: one a minute at most, once the breaker rests that long.
        #expect(simulation.sent.count < 12_000 + 96 * 60 * 2 + 20)
    }

    @Test func waitsAtLeastAsLongAsAsked() {
        var simulation = Simulation()
        simulation.react = { call, _, _ in call.attempts == 0 ? .retry(after: .seconds(90)) : .done }
        simulation.spool.append(source: "demo", lane: 1)
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.sent.count == 2)
        #expect((90_000...90_100).contains(simulation.sent[1].at - simulation.sent[0].at))
    }

    @Test func aClockThatJumpsNeitherStallsNorHastens() {
        for jump: Int64 in [-400 * 86_400_000, -3_600_000, 3_600_000, 400 * 86_400_000] {
            var simulation = Simulation()
            simulation.react = { call, _, _ in call.attempts == 0 ? .retry(after: .seconds(90)) : .done }
            simulation.spool.append(source: "demo", lane: 1)
            simulation.start()
            simulation.run(for: 1_000)
            simulation.time.wall += jump
            simulation.expectDrained(within: 200_000)
            #expect((90_000...90_100).contains(simulation.sent[1].at - simulation.sent[0].at))
        }
    }

    @Test func aTimeWrittenByAWrongClockIsWaitedForADayAtMost() {
        var simulation = Simulation()
        simulation.spool.append(source: "demo", lane: 1)
        simulation.spool.settle([
            .retry(
                id: 1,
                attempts: 1,
                firstAttemptAt: simulation.time.wall + 4_000 * 86_400_000,
                notBefore: simulation.time.wall + 4_000 * 86_400_000,
                reason: "http_503"
            )
        ])
        simulation.react = { call, _, _ in call.attempts < 3 ? .retry() : .done }
        simulation.start()
        simulation.expectDrained(within: 25 * 3_600_000)
        #expect(simulation.accepted[1] == 1)
    }

    @Test func tellsWhenACallIsSentAgain() {
        var simulation = Simulation()
        simulation.react = { call, _, _ in call.attempts == 0 ? .retry(after: .seconds(10)) : .done }
        let begin = simulation.time.wall
        simulation.spool.append(source: "demo", lane: 1)
        simulation.spool.append(source: "demo", lane: 2)
        simulation.start()
        simulation.expectDrained()
        #expect((begin + 10_000...begin + 10_100).contains(simulation.willRetryAt[1] ?? 0))
        #expect(simulation.sent.last?.attempt == 2)
    }

    @Test func aRestartKeepsAttemptsAndTimes() {
        var options = RelayOptions()
        options.breakerThreshold = .max
        var simulation = Simulation(options: options)
        simulation.react = { _, _, _ in .retry(after: .seconds(50)) }
        simulation.spool.append(source: "demo", lane: 1)
        simulation.start()
        simulation.run(for: 120_000)
        #expect(simulation.sent.map(\.attempt) == [1, 2, 3])
        simulation.crash(settlesInFlight: false)
        simulation.react = { _, _, _ in .done }
        simulation.run(for: 20_000)
        #expect(simulation.sent.count == 3)
        simulation.expectDrained()
        #expect(simulation.sent.map(\.attempt) == [1, 2, 3, 4])
    }
}
