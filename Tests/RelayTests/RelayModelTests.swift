import Hydra
import Spool
import Testing

@testable import Relay

/// Random schedules against a model of the spool and of Hydra, with crashes: nothing is lost, nothing is out of order,
/// nothing repeats without a reason, memory stays bounded.
@Suite struct RelayModelTests {
    /// What a schedule is made of; all of it drawn from its seed.
    private struct Script {
        var random: SplitMix
        var simulation: Simulation
        let sources: [String]
        let trouble: Int64

        init(seed: UInt64) {
            var random = SplitMix(seed: seed)
            var options = RelayOptions()
            options.windowCalls = Int.random(in: 40...120, using: &random)
            options.laneWindow = Int.random(in: 1...6, using: &random)
            options.pageCalls = Int.random(in: 1...30, using: &random)
            options.pageRows = Int.random(in: 5...60, using: &random)
            options.loadLanes = Int.random(in: 1...8, using: &random)
            options.maximumUnsettled = Int.random(in: 10...80, using: &random)
            options.breakerThreshold = Int.random(in: 1...5, using: &random)
            if Bool.random(using: &random) { options.maximumBlockedLanes = Int.random(in: 2...10, using: &random) }
            if Bool.random(using: &random) { options.retryFor = .seconds(Int.random(in: 5...2_000, using: &random)) }
            let names = (0..<Int.random(in: 1...4, using: &random)).map { "source\($0)" }
            let hydras = Int.random(in: 1...3, using: &random)
            var destinations: [String: Destination] = [:]
            for name in names {
                destinations[name] = destination(
                    "hydra\(Int.random(in: 0..<hydras, using: &random))",
                    batch: Bool.random(using: &random),
                    concurrency: Int.random(in: 1...6, using: &random),
                    maximumBatch: Int.random(in: 1...10, using: &random)
                )
            }
            self.sources = names
            self.simulation = Simulation(options: options, destinations: destinations, seed: seed)
            self.simulation.latency = 1...Int64.random(in: 1...200, using: &random)
            self.simulation.diskLatency = 1...Int64.random(in: 1...100, using: &random)
            self.trouble = Int64.random(in: 0...400_000, using: &random)
            self.random = random
        }
    }

    private static func weather(
        seed: UInt64,
        until end: Int64
    ) -> (StoredCall, String, RelayTime) -> Simulation.Reaction {
        { call, url, time in
            guard time.monotonic < end else { return .done }
            // Every Hydra has weather of its own that changes every ten seconds; single calls have theirs.
            var sky = SplitMix(seed: seed &+ UInt64(time.monotonic / 10_000) &* 977 &+ UInt64(url.utf8.last ?? 0))
            var own = SplitMix(seed: seed &+ UInt64(bitPattern: call.id) &* 7_919 &+ UInt64(time.monotonic))
            let chance = Int.random(in: 0..<100, using: &own)
            switch Int.random(in: 0..<10, using: &sky) {
            case 0: return .retry(takes: chance < 30)
            case 1: return .unauthorized
            case 2: return .retry(status: 429, after: .seconds(chance % 7), reason: "http_429")
            case 3: return chance < 50 ? .retry(status: nil, takes: chance < 25, reason: "read_timeout") : .done
            case 4: return chance < 20 ? .unauthorized : .done
            case 5: return .retry(status: 503, after: .seconds(3))
            default:
                if call.id % 23 == 5 { return .refused }
                return chance < 10 ? .retry(takes: chance < 5) : .done
            }
        }
    }

    private static func check(seed: UInt64) -> String? {
        var script = Script(seed: seed)
        var random = script.random
        let begin = script.simulation.time.monotonic
        // The books are checked after every step in some schedules: that takes most of the time.
        script.simulation.checkEvery = seed % 5 == 0 ? 1 : 97
        script.simulation.react = Self.weather(seed: seed, until: begin + script.trouble)
        let diskFails = Bool.random(using: &random)
        let end = begin + script.trouble
        script.simulation.settleFails = { diskFails && $0.monotonic < end && $0.monotonic / 3_000 % 4 == 0 }
        script.simulation.readFails = { diskFails && $0.monotonic < end && $0.monotonic / 5_000 % 5 == 1 }
        let calls = Int.random(in: 1...300, using: &random)
        let lanes = Int64.random(in: 1...40, using: &random)
        let configured = script.sources.map { ($0, script.simulation.configuration[$0]) }
        // Lanes are hashes: one in eight schedules lets two sources share some.
        let shares = seed % 8 == 0
        func lane(_ source: Int, _ random: inout SplitMix) -> Int64 {
            let hot = Int.random(in: 0..<3, using: &random) == 0
            let user = hot ? 0 : Int64.random(in: 0..<lanes, using: &random)
            return shares ? user : user * 10 + Int64(source)
        }
        let before = Int.random(in: 0...calls, using: &random)
        for _ in 0..<before {
            let source = Int.random(in: 0..<script.sources.count, using: &random)
            script.simulation.spool.append(source: script.sources[source], lane: lane(source, &random))
        }
        script.simulation.start()
        for _ in before..<calls {
            script.simulation.run(for: Int64.random(in: 0...3_000, using: &random))
            let source = Int.random(in: 0..<script.sources.count, using: &random)
            script.simulation.append(script.sources[source], lane: lane(source, &random))
            switch Int.random(in: 0..<60, using: &random) {
            case 0: script.simulation.crash(settlesInFlight: Bool.random(using: &random))
            case 1:
                script.simulation.configuration[script.sources[source]] = nil
                script.simulation.tell { $0.destinationsChanged(at: $1) }
            case 2:
                script.simulation.configuration[script.sources[source]] = destination("hydra9")
                script.simulation.tell { $0.destinationsChanged(at: $1) }
            case 3: script.simulation.time.wall += Int64.random(in: -90_000_000...90_000_000, using: &random)
            default: break
            }
            if let violation = script.simulation.violation { return violation }
        }
        for (source, destination) in configured { script.simulation.configuration[source] = destination }
        script.simulation.tell { $0.destinationsChanged(at: $1) }
        guard script.simulation.drain() else {
            if let violation = script.simulation.violation {
                return
                    "\(violation) \(script.simulation.spool.waiting) \(script.simulation.machine.scan) \(script.simulation.machine.describe)"
            }
            return
                "stalled with \(script.simulation.spool.waiting) of \(calls) calls: \(script.simulation.machine.scan) \(script.simulation.machine.describe)"
        }
        for id in 1...Int64(calls) {
            switch script.simulation.spool.place(id) {
            case .delivered where script.simulation.accepted[id] == nil: return "\(id) was not delivered"
            case .fresh, .deferred: return "\(id) is left"
            default: break
            }
        }
        script.simulation.run(for: 3_600_000) { $0.machine.lanes.count == 0 }
        return script.simulation.machine.lanes.count == 0 ? nil : "lanes are left over"
    }

    @Test(arguments: 0..<16)
    func keepsOrderAndLosesNothingWhateverHappens(part: UInt64) {
        for seed in part * 130..<(part + 1) * 130 {
            if let failure = Self.check(seed: seed) {
                Issue.record("seed \(seed): \(failure)")
                return
            }
        }
    }
}
