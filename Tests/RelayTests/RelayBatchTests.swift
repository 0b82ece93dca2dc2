import Hydra
import Spool
import Testing

@testable import Relay

/// Batches.
@Suite struct RelayBatchTests {
    private static func simulation(
        concurrency: Int = 2,
        maximumBatch: Int = 10,
        options: RelayOptions = RelayOptions()
    ) -> Simulation {
        Simulation(
            options: options,
            destinations: [
                "demo": destination("hydra", batch: true, concurrency: concurrency, maximumBatch: maximumBatch)
            ]
        )
    }

    private static func sizes(_ simulation: Simulation) -> [Int] {
        Dictionary(grouping: simulation.sent, by: \.request).sorted { $0.key < $1.key }.map(\.value.count)
    }

    @Test func takeWhatIsReadyUpToTheirLimit() {
        var simulation = Self.simulation()
        for lane in 0..<Int64(35) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.expectDrained()
        #expect(Self.sizes(simulation) == [10, 10, 10, 5])
    }

    @Test func carryAtMostOneCallOfALane() {
        var simulation = Self.simulation(concurrency: 4)
        for call in 0..<40 { simulation.spool.append(source: "demo", lane: Int64(call % 4)) }
        simulation.start()
        simulation.expectDrained()
        for request in Dictionary(grouping: simulation.sent, by: \.request).values {
            #expect(Set(request.map { simulation.spool.call($0.id).lane }).count == request.count)
        }
    }

    @Test func areBoundedInBytes() {
        var options = RelayOptions()
        options.batchBytes = 1_000
        var simulation = Self.simulation(options: options)
        for lane in 0..<Int64(6) { simulation.spool.append(source: "demo", lane: lane, bytes: lane == 3 ? 5_000 : 400) }
        simulation.start()
        simulation.expectDrained()
        #expect(Self.sizes(simulation) == [2, 1, 1, 2])
    }

    @Test func areAnsweredCallByCall() {
        var simulation = Self.simulation()
        simulation.react = { call, _, _ in
            switch call.id {
            case 3: .refused
            case 5 where call.attempts == 0: .retry()
            default: .done
            }
        }
        for lane in 0..<Int64(8) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.spool.place(3) == .dead(code: "event_missing"))
        #expect(simulation.sent.map(\.id) == Array(1...8) + [5])
    }

    @Test func thatFailCountOnceForTheBreaker() {
        var simulation = Self.simulation(concurrency: 1, maximumBatch: 500)
        let begin = simulation.time.monotonic
        simulation.react = { _, _, time in time.monotonic < begin + 3 ? .retry() : .done }
        for lane in 0..<Int64(400) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.run(for: 10)
        #expect(simulation.machine.counters.retried == 400)
        #expect(simulation.machine.figures(at: simulation.time).destinations.first?.state == .delivering)
        simulation.expectDrained()
        #expect(simulation.accepted.count == 400)
    }

    @Test func giveWayToSingleCallsWhereThereIsNoBatch() {
        var simulation = Self.simulation()
        simulation.hasBatch = false
        for lane in 0..<Int64(50) { simulation.spool.append(source: "demo", lane: lane) }
        simulation.start()
        simulation.expectDrained()
        #expect(simulation.accepted.count == 50)
        #expect(simulation.sent.allSatisfy { $0.attempt == 1 })
        #expect(Self.sizes(simulation).filter { $0 > 1 }.count <= 2)
        let reports = simulation.events.filter { if case .batchUnsupported = $0 { true } else { false } }
        #expect(reports.count == 1)
    }

    @Test func withMissingAnswersAreRetried() {
        var machine = RelayMachine(options: RelayOptions(), seed: 1) { _ in
            destination("hydra", batch: true, concurrency: 1)
        }
        var spool = SimulatedSpool()
        for lane in 0..<Int64(3) { spool.append(source: "demo", lane: lane) }
        _ = machine.begin(at: .zero)
        let page = FreshPage(calls: spool.calls, scannedThrough: 3, reachedEnd: true)
        let actions = machine.fetched(page, at: .zero)
        guard case .send(let dispatch)? = actions.first(where: { if case .send = $0 { true } else { false } }) else {
            Issue.record("nothing was sent")
            return
        }
        let answered = machine.answered(dispatch.ticket, with: [.done(status: 200)], at: .zero)
        #expect(answered.willRetryAt.map { $0 != nil } == [false, true, true])
        #expect(machine.counters == RelayCounters(delivered: 1, retried: 2, dead: 0))
        // A ticket counts once.
        let again = machine.answered(dispatch.ticket, with: [], at: .zero)
        #expect(again.actions.isEmpty)
    }
}
