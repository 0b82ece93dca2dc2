import Spool
import Testing

@testable import Relay

/// Settling, trouble with the spool, stopping.
@Suite struct RelaySettlingTests {
    @Test func gathersWhileTheDiskIsBusy() {
        var simulation = Simulation(destinations: ["demo": destination("hydra", concurrency: 50)])
        simulation.diskLatency = 20...20
        for lane in 0..<Int64(500) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.violation == nil)
        #expect(simulation.machine.settling.taken < 15)
    }

    @Test func aLanesNextCallDoesNotWaitForTheDisk() {
        var simulation = Simulation()
        simulation.diskLatency = 1_000...1_000
        for _ in 0..<20 { simulation.spool.append(source: "demo", lane: 1) }
        simulation.start()
        simulation.run(for: 1_500)
        #expect(simulation.accepted.count == 20)
    }

    @Test func aDiskThatIsFullStopsSendingAndNothingElse() {
        var options = RelayOptions()
        options.maximumUnsettled = 100
        var simulation = Simulation(options: options)
        let end = simulation.time.monotonic + 120_000
        simulation.settleFails = { $0.monotonic < end }
        for lane in 0..<Int64(1_000) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 100_000)
        #expect(simulation.sent.count <= 104)
        #expect(simulation.machine.figures(at: simulation.time).spoolIsFailing)
        simulation.expectDrained()
        #expect(simulation.sent.count == 1_000)
        #expect(simulation.accepted.count == 1_000)
        let reports = simulation.events.filter {
            switch $0 {
            case .spoolFailing, .spoolRecovered: true
            default: false
            }
        }
        #expect(reports == [.spoolFailing(.settle, message: "disk full"), .spoolRecovered(.settle)])
    }

    @Test func aSpoolThatCannotBeReadIsAskedAgain() {
        var simulation = Simulation()
        let end = simulation.time.monotonic + 120_000
        simulation.readFails = { $0.monotonic < end }
        simulation.spool.append(source: "demo", lane: 1)
        simulation.spool.settle([
            .retry(id: 1, attempts: 1, firstAttemptAt: simulation.time.wall, notBefore: 0, reason: "x")
        ])
        simulation.spool.append(source: "demo", lane: 2)
        simulation.start()
        simulation.expectDrained(within: 140_000)
        #expect(simulation.events == [.spoolFailing(.read, message: "disk"), .spoolRecovered(.read)])
    }

    @Test func stoppingSendsNothingNewAndSettlesWhatIsAnswered() {
        var simulation = Simulation()
        simulation.latency = 100...100
        for lane in 0..<Int64(50) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 150)
        let sent = simulation.sent.count
        simulation.tell { $0.stop(at: $1) }
        #expect(!simulation.machine.isDrained)
        simulation.run(for: 10_000)
        #expect(simulation.sent.count == sent)
        #expect(simulation.machine.isDrained)
        #expect(simulation.spool.waiting == 50 - sent)
        #expect(simulation.violation == nil)
    }

    @Test func whatIsAbandonedStaysInTheSpool() {
        var simulation = Simulation()
        simulation.latency = 60_000...60_000
        for lane in 0..<Int64(9) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 100)
        simulation.tell { $0.stop(at: $1) }
        simulation.tell { $0.abandonRequests(at: $1) }
        #expect(simulation.machine.isDrained)
        simulation.checkEvery = .max
        simulation.run(for: 100_000)
        #expect(simulation.spool.waiting == 9)
        simulation.latency = 1...1
        simulation.crash(settlesInFlight: true)
        simulation.expectDrained()
    }

    @Test func knowsWhenItHasSomethingToDo() {
        var simulation = Simulation()
        simulation.react = { call, _, _ in call.id == 2 && call.attempts == 0 ? .retry(after: .seconds(30)) : .done }
        for lane in 0..<Int64(3) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        #expect(simulation.machine.nextWork == .min)
        simulation.run(for: 1_000)
        let next = simulation.machine.nextWork - simulation.time.monotonic
        #expect((28_000...30_000).contains(next))
        simulation.expectDrained()
        simulation.run(for: 1_000)
        #expect(simulation.machine.nextWork == .max)
    }

    @Test func sourcesThatAreGoneAreNothingToDo() {
        var simulation = Simulation(destinations: [:])
        simulation.spool.append(source: "demo", lane: 1)
        simulation.start()
        simulation.run(for: 1_000)
        #expect(simulation.machine.nextWork == .max)
    }
}
