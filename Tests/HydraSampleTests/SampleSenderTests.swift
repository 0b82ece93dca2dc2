import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import HydraSample

/// A history arrives whole and in order, whatever the gateway answers meanwhile.
@Suite struct SampleSenderTests {
    private static let now: Int64 = 1_774_958_400_000

    private func world() -> SampleWorld {
        SampleWorld(SampleOptions(persons: 40, days: 20, seed: 3, now: Self.now))
    }

    private func expected(_ world: SampleWorld) -> Int {
        (0..<world.options.persons).reduce(0) { sum, person in
            (world.options.firstDay...world.options.lastDay).reduce(sum) {
                $0 + world.events(ofPerson: person, on: $1).count
            }
        }
    }

    @Test func everyEventArrivesInOrderForEachPersonAlsoWhenBatchesAreRefusedForAWhile() async throws {
        let refusals = Atomic<Int>(0)
        let gateway = try await HydraScript { request in
            // Every third is refused, in the ways a gateway refuses.
            let turn = refusals.wrappingAdd(1, ordering: .relaxed).oldValue
            return turn % 3 == 1
                ? .error(turn % 2 == 0 ? 503 : 429, headers: [("Retry-After", "0")])
                : .taken(request)
        }
        let world = self.world()
        let sender = try SampleSender(
            world: world,
            target: SampleTarget(gateway: gateway.url, writeKey: "key", certificate: nil)
        ) { _ in }
        let sent = try await sender.run()
        #expect(sent.events == self.expected(world))
        var taken: Set<String> = []
        var times: [String: String] = [:]
        for request in await gateway.requests(1) {
            #expect(request.path == "/v1/batch")
            let batch = try JSONParser().parse(Array(request.body)).root["batch"]
            #expect((1...100).contains(batch?.count ?? 0))
            for event in batch.map({ Array($0.elements) }) ?? [] {
                let device = event["anonymousId"]?.string ?? ""
                let time = event["timestamp"]?.string ?? ""
                guard taken.insert(event["messageId"]?.string ?? "").inserted else { continue }
                #expect(times[device] ?? "" <= time)
                times[device] = time
            }
        }
        #expect(taken.count == sent.events)
        try await gateway.stop()
    }

    @Test func aWrongWriteKeyEndsItWithAClearMessage() async throws {
        let gateway = try await HydraScript { _ in .error(400, headers: []) }
        let sender = try SampleSender(
            world: self.world(),
            target: SampleTarget(gateway: gateway.url, writeKey: "wrong", certificate: nil)
        ) { _ in }
        let error = await #expect(throws: SampleError.self) { _ = try await sender.run() }
        #expect("\(try #require(error))".contains("write key"))
        try await gateway.stop()
    }
}
