import Spool
import Testing

@testable import Relay

/// Lanes: order, and no lane waiting for another.
@Suite struct RelayLaneTests {
    @Test(arguments: [false, true])
    func sendsALaneInOrderOneAfterTheOther(batch: Bool) {
        var simulation = Simulation(destinations: ["demo": destination("hydra", batch: batch)])
        simulation.latency = 5...50
        for call in 0..<300 { simulation.spool.append(source: "demo", lane: Int64(call % 7)) }
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.violation == nil)
        for lane in 0..<Int64(7) {
            let ids = simulation.sent.map(\.id).filter { simulation.spool.call($0).lane == lane }
            #expect(ids == ids.sorted())
        }
    }

    @Test func aRetryingLaneHoldsUpNobodyButItself() {
        var simulation = Simulation()
        simulation.react = { call, _, _ in call.id == 1 ? .retry(after: .seconds(600)) : .done }
        for call in 0..<100 { simulation.spool.append(source: "demo", lane: Int64(call % 10)) }
        simulation.start()
        simulation.run(for: 5_000)
        #expect(simulation.violation == nil)
        // 90 of the other lanes; of lane 0 nothing.
        #expect(simulation.accepted.count == 90)
        #expect(simulation.machine.figures(at: simulation.time).windowCalls == 0)
        #expect(simulation.machine.blockedLanes == 1)
        simulation.append(lane: 0)
        simulation.append(lane: 1)
        simulation.run(for: 5_000)
        #expect(simulation.accepted.count == 91)
        simulation.react = { _, _, _ in .done }
        simulation.expectDrained()
        let ids = simulation.sent.map(\.id).filter { simulation.spool.call($0).lane == 0 }
        #expect(ids == [1] + stride(from: 1, through: 91, by: 10).map { $0 } + [101])
    }

    @Test func aRefusedCallIsDeadAndTheNextGoesOn() {
        var simulation = Simulation()
        simulation.react = { call, _, _ in call.id == 2 ? .refused : .done }
        for _ in 0..<3 { simulation.spool.append(source: "demo", lane: 1) }
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.spool.place(2) == .dead(code: "event_missing"))
        #expect(simulation.accepted.keys.sorted() == [1, 3])
        #expect(simulation.sent.map(\.id) == [1, 2, 3])
    }

    @Test func aHotLaneHoldsUpNobodyAndFillsNoMemory() {
        var options = RelayOptions()
        options.windowCalls = 1_000
        var simulation = Simulation(options: options)
        simulation.checkEvery = 5_000
        simulation.maximumSteps = 10_000_000
        for _ in 0..<100_000 { simulation.spool.append(source: "demo", lane: 7) }
        for lane in 100..<Int64(150) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 100_000) { simulation in
            (100_001...100_050).allSatisfy { simulation.accepted[$0] != nil }
        }
        // The hot lane's calls take 1 ms each: only a few were delivered when all the others were.
        #expect(simulation.accepted.count < 1_500)
        #expect((100_001...100_050).allSatisfy { simulation.accepted[$0] != nil })
        #expect(simulation.mostInMemory < 200)
        // The rest goes on in order, page by page.
        simulation.run(for: 100_000) { $0.accepted.count >= 5_000 }
        #expect(simulation.violation == nil)
        #expect(simulation.sent.map(\.id).filter { $0 <= 100_000 } == Array(1...Int64(simulation.sent.count - 50)))
    }

    @Test func aHotLaneIsDeferredAsAWhole() {
        var options = RelayOptions()
        options.laneWindow = 4
        var simulation = Simulation(options: options)
        simulation.latency = 1_000...1_000
        for _ in 0..<10 { simulation.spool.append(source: "demo", lane: 7) }
        simulation.start()
        simulation.run(for: 500)
        // The first is in flight, and deferred all the same: nothing of a lane is fresh before what is deferred.
        #expect(simulation.spool.deferredIds[7].map { Array($0) } == Array(1...10))
        simulation.crash(settlesInFlight: true)
        simulation.expectDrained()
        #expect(simulation.violation == nil)
    }

    @Test func manyBlockedLanesTakeNoRoomInTheWindow() {
        var options = RelayOptions()
        options.windowCalls = 500
        options.breakerThreshold = .max
        var simulation = Simulation(options: options, destinations: ["demo": destination("hydra", concurrency: 50)])
        simulation.checkEvery = 2_000
        simulation.maximumSteps = 10_000_000
        simulation.react = { call, _, _ in call.attempts == 0 ? .retry(after: .seconds(3_600)) : .done }
        for lane in 0..<Int64(20_000) {
            simulation.spool.append(source: "demo", lane: lane)
            simulation.spool.append(source: "demo", lane: lane)
        }
        simulation.start()
        simulation.run(for: 600_000)
        #expect(simulation.machine.blockedLanes == 20_000)
        #expect(simulation.machine.pool.count == 0)
        simulation.expectDrained()
        #expect(simulation.accepted.count == 40_000)
        #expect(simulation.mostInMemory <= 500)
    }

    @Test func lanesThatMayBeBlockedAreBounded() {
        var options = RelayOptions()
        options.maximumBlockedLanes = 100
        options.windowCalls = 200
        options.breakerThreshold = .max
        var simulation = Simulation(options: options)
        simulation.react = { call, _, time in
            time.monotonic < 50_000 ? .retry(after: .seconds(10)) : .done
        }
        for lane in 0..<Int64(2_000) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 40_000)
        #expect((100...300).contains(simulation.machine.blockedLanes))
        simulation.expectDrained()
        #expect(simulation.accepted.count == 2_000)
        #expect(simulation.mostLanes < 500)
    }

    @Test func twoUsersInOneLaneReachTheirOwnDestinations() {
        var simulation = Simulation(destinations: ["a": destination("one"), "b": destination("two")])
        simulation.react = { _, url, time in
            url == "http://two" && time.monotonic < 60_000 ? .unauthorized : .done
        }
        for call in 0..<40 { simulation.spool.append(source: call % 3 == 0 ? "b" : "a", lane: 1) }
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.violation == nil)
        for sent in simulation.sent {
            #expect(sent.url == (simulation.spool.call(sent.id).source == "a" ? "http://one" : "http://two"))
        }
    }
}
