import Hydra
import Spool
import Testing

@testable import Relay

/// Several destinations on one spool, blocked and slow ones, sources that come and go.
@Suite struct RelayDestinationTests {
    private static let two = ["dead": destination("dead"), "live": destination("live")]

    private static func simulation(
        window: Int = 400,
        destinations: [String: Destination] = two
    ) -> Simulation {
        var options = RelayOptions()
        options.windowCalls = window
        options.pageCalls = 100
        options.pageRows = 500
        var simulation = Simulation(options: options, destinations: destinations)
        simulation.checkEvery = 20
        simulation.maximumSteps = 5_000_000
        return simulation
    }

    @Test(arguments: [
        Simulation.Reaction.retry(status: nil, reason: "connect_refused"), .unauthorized,
        .retry(status: 429, after: .seconds(3_000), reason: "http_429"),
    ])
    func aBlockedDestinationStopsNobodyBehindItAndIsNotWrittenAnew(reaction: Simulation.Reaction) {
        var simulation = Self.simulation()
        let end = simulation.time.monotonic + 600_000
        simulation.react = { _, url, time in url == "http://dead" && time.monotonic < end ? reaction : .done }
        for lane in 0..<Int64(5_000) { simulation.spool.append(source: "dead", lane: lane % 500) }
        for lane in 10_000..<Int64(10_100) { simulation.spool.append(source: "live", lane: lane) }
        simulation.start()
        simulation.run(for: 2_000)
        #expect(simulation.violation == nil)
        #expect((5_001...5_100).allSatisfy { simulation.accepted[$0] != nil })
        simulation.append("live", lane: 10_000)
        simulation.run(for: 50)
        #expect(simulation.accepted[5_101] == 1)
        // What failed before the breaker opened was deferred, and so were its lanes' calls in memory; not the rest.
        #expect(simulation.spool.parked < 200)
        #expect(simulation.machine.pool.count == 0)
        simulation.expectDrained()
        #expect(simulation.accepted.count == 5_101)
    }

    @Test func aSlowDestinationLeavesRoomForTheOthers() {
        var simulation = Self.simulation(destinations: [
            "dead": destination("slow", concurrency: 1), "live": destination("live"),
        ])
        simulation.latency = 1_000...1_000
        for lane in 0..<Int64(3_000) { simulation.spool.append(source: "dead", lane: lane) }
        for lane in 10_000..<Int64(10_020) { simulation.spool.append(source: "live", lane: lane) }
        simulation.start()
        simulation.run(for: 8_000)
        #expect((3_001...3_020).allSatisfy { simulation.accepted[$0] != nil })
        #expect(simulation.spool.parked == 0)
        simulation.expectDrained()
    }

    @Test func sharesShrinkWhenMoreDestinationsAreSlow() {
        let names = (0..<6).map { "source\($0)" }
        var simulation = Self.simulation(
            window: 240,
            destinations: Dictionary(uniqueKeysWithValues: names.map { ($0, destination($0, concurrency: 1)) })
        )
        simulation.latency = 500...500
        // Each comes into sight only behind the backlog of those before it.
        for (index, name) in names.enumerated() {
            for lane in 0..<Int64(300) { simulation.spool.append(source: name, lane: Int64(index) * 1_000 + lane) }
        }
        simulation.start()
        simulation.run(for: 10_000)
        #expect(simulation.violation == nil)
        for index in 0..<6 {
            let of = simulation.accepted.keys.filter { ($0 - 1) / 300 == Int64(index) }
            #expect(of.count > 10, "\(names[index]): \(of.count)")
        }
        #expect(simulation.mostInMemory <= 240)
        simulation.expectDrained()
    }

    @Test func nobodysBacklogIsReadTwiceWhenThereIsNobodyElse() {
        var simulation = Self.simulation(window: 200, destinations: ["demo": destination("hydra")])
        for lane in 0..<Int64(20_000) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.expectDrained()
        // The main scan looks ahead a step or two, and is told that all calls have a reader.
        #expect(simulation.spool.examined < 23_000)
    }

    @Test func thousandsOfCallsBehindADeadDestinationCostOnePassAfterARestart() {
        var simulation = Self.simulation()
        simulation.react = { _, url, _ in url == "http://dead" ? .retry() : .done }
        for lane in 0..<Int64(20_000) { simulation.spool.append(source: "dead", lane: lane) }
        simulation.spool.append(source: "live", lane: 50_000)
        simulation.start()
        simulation.run(for: 3_000)
        #expect(simulation.accepted[20_001] == 1)
        #expect(simulation.spool.examined < 26_000)
    }

    @Test func opensProbesAndRampsUp() {
        var simulation = Self.simulation(destinations: ["demo": destination("hydra", concurrency: 8)])
        let end = simulation.time.monotonic + 30_000
        simulation.latency = 10...10
        simulation.react = { _, _, time in time.monotonic < end ? .retry() : .done }
        for lane in 0..<Int64(400) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 29_000)
        // Eight in flight when the breaker opened, then one probe at a time.
        #expect((10...25).contains(simulation.sent.count))
        simulation.expectDrained()
        let states = simulation.events.compactMap { event -> DestinationState? in
            if case .stateChanged(_, _, let to) = event { to } else { nil }
        }
        #expect(states.first == .breakerOpen)
        #expect(states.suffix(3) == [.probing, .rampingUp, .delivering])
        // The requests in flight at any time: 1, then 2, then 4 …
        let times = simulation.sent.filter { $0.at >= end }.map(\.at)
        let together = Dictionary(grouping: times) { $0 }.sorted { $0.key < $1.key }.map(\.value.count)
        #expect(together.prefix(1) == [1])
        #expect(together.prefix(3).allSatisfy { $0 <= 4 })
    }

    @Test func aPausedKeyIsProbedOnceAMinuteWithoutCounting() {
        var simulation = Self.simulation(destinations: ["demo": destination("hydra")])
        let end = simulation.time.monotonic + 3_600_000
        simulation.react = { _, _, time in time.monotonic < end ? .unauthorized : .done }
        for lane in 0..<Int64(100) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 3_599_000)
        #expect((60...66).contains(simulation.sent.count))
        #expect(simulation.sent.allSatisfy { $0.attempt == 1 })
        #expect(simulation.machine.figures(at: simulation.time).destinations.first?.state == .paused)
        #expect(simulation.spool.deferredIds.isEmpty)
        simulation.expectDrained()
        #expect(simulation.sent.filter { $0.attempt > 1 }.isEmpty)
        #expect(simulation.accepted.count == 100)
    }

    @Test func deferredCallsThatAreUnauthorizedStayAsTheyAre() {
        var simulation = Self.simulation(destinations: ["demo": destination("hydra")])
        let begin = simulation.time.monotonic
        simulation.react = { _, _, time in
            switch time.monotonic - begin {
            case ..<500: .retry(after: .seconds(2))
            case ..<300_000: .unauthorized
            default: .done
            }
        }
        for lane in 0..<Int64(4) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 290_000)
        #expect(simulation.sent.count > 8)
        #expect(simulation.sent.allSatisfy { $0.attempt <= 2 })
        simulation.expectDrained()
        #expect(simulation.violation == nil)
    }

    @Test func aPoisonedCallDoesNotKeepTheBreakerOpen() {
        var simulation = Self.simulation(destinations: ["demo": destination("hydra", concurrency: 1)])
        // Five calls that always fail come first: the breaker opens although Hydra is well.
        simulation.react = { call, _, _ in call.id <= 5 ? .retry(status: 500, reason: "http_500") : .done }
        for lane in 0..<Int64(500) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 60_000)
        #expect(simulation.accepted.count == 495)
    }

    @Test func aCallThatIsAlwaysRateLimitedLetsOthersPass() {
        var simulation = Self.simulation(destinations: ["demo": destination("hydra", concurrency: 1)])
        simulation.react = { call, _, _ in
            call.id == 1 ? .retry(status: 429, after: .seconds(1), reason: "http_429") : .done
        }
        for lane in 0..<Int64(100) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 60_000)
        #expect(simulation.accepted.count == 99)
    }

    @Test func aSourceThatIsGoneIsKeptAndDeliveredWhenItIsBack() {
        var simulation = Self.simulation()
        simulation.configuration["dead"] = nil
        for lane in 0..<Int64(1_000) { simulation.spool.append(source: "dead", lane: lane % 50) }
        for lane in 10_000..<Int64(10_100) { simulation.spool.append(source: "live", lane: lane) }
        simulation.start()
        simulation.run(for: 10_000)
        #expect(simulation.accepted.count == 100)
        #expect(simulation.events == [.sourceGone("dead")])
        #expect(simulation.machine.figures(at: simulation.time).goneSources == ["dead"])
        #expect(simulation.spool.parked == 0)
        simulation.configuration["dead"] = destination("again")
        simulation.tell { $0.destinationsChanged(at: $1) }
        #expect(simulation.events.last == .sourceBack("dead"))
        simulation.expectDrained()
        #expect(simulation.accepted.count == 1_100)
    }

    @Test func aSourceThatMovesTakesItsCallsAlong() {
        var simulation = Self.simulation(destinations: ["demo": destination("old")])
        simulation.latency = 20...20
        simulation.react = { call, url, _ in
            url == "http://old" && call.id % 3 == 0 ? .retry(after: .seconds(30)) : .done
        }
        for lane in 0..<Int64(300) { simulation.spool.append(source: "demo", lane: lane % 40) }
        simulation.start()
        simulation.run(for: 200)
        simulation.configuration["demo"] = destination("new")
        simulation.tell { $0.destinationsChanged(at: $1) }
        let before = simulation.sent.count
        simulation.expectDrained()
        #expect(simulation.sent.dropFirst(before).allSatisfy { $0.url == "http://new" })
        #expect(
            simulation.machine.figures(at: simulation.time).destinations.map(\.destination.endpoint.url) == [
                "http://new"
            ]
        )
    }

    @Test func sourcesOfOneKeyShareTheirBreaker() {
        var simulation = Self.simulation(destinations: ["dead": destination("one"), "live": destination("one")])
        simulation.react = { _, _, _ in .unauthorized }
        for lane in 0..<Int64(20) { simulation.spool.append(source: lane % 2 == 0 ? "dead" : "live", lane: lane) }
        simulation.start()
        simulation.run(for: 30_000)
        #expect(simulation.sent.count <= 4)
        let figures = simulation.machine.figures(at: simulation.time)
        #expect(figures.destinations.map(\.sources) == [["dead", "live"]])
        simulation.react = { _, _, _ in .done }
        simulation.expectDrained()
    }
}
