import Hydra
import Logging
import Spool
import TestSupport
import Testing

@testable import Relay

/// The relay with the real spool, the real client, and a Hydra that does what a test tells it.
@Suite(.timeLimit(.minutes(2))) struct RelayHydraTests {
    private static var options: RelayOptions {
        var options = RelayOptions()
        options.retryBase = .milliseconds(2)
        options.retryCap = .milliseconds(20)
        options.breakerBase = .milliseconds(2)
        options.breakerCap = .milliseconds(20)
        options.probeInterval = .milliseconds(5)
        return options
    }

    private static func deliver(
        _ store: TemporarySpool,
        to url: String,
        batch: Bool = false,
        deadline: Duration = .seconds(60)
    ) async throws -> RelayFigures {
        let client = try HydraClient(configuration: HydraClientConfiguration(version: "test"), logger: quietLogger)
        let relay = Relay(
            spool: store.spool,
            sender: client,
            options: Self.options,
            destination: { _ in
                Destination(
                    endpoint: Endpoint(url: url, apiKey: APIKey("key")),
                    batch: batch,
                    concurrency: 4,
                    maximumBatch: 50
                )
            },
            observer: SilentObserver(),
            logger: quietLogger
        )
        let result = await Result { try await relay.deliverOnce(deadline: deadline) }
        await client.shutdown()
        return try result.get()
    }

    @Test(arguments: [false, true])
    func deliversEverythingInOrder(batch: Bool) async throws {
        let store = try TemporarySpool()
        try await store.append(0..<300) { Int64($0 % 12) }
        let hydra = try await HydraScript()
        let figures = try await Self.deliver(store, to: hydra.url, batch: batch)
        #expect(figures.delivered == 300)
        let ids = hydra.calls.compactMap { $0.messageId.flatMap { Int($0) } }
        #expect(ids.count == 300)
        for lane in 0..<12 {
            let ofLane = ids.filter { $0 % 12 == lane }
            #expect(ofLane == ofLane.sorted())
        }
        #expect(Set(hydra.requests.map(\.path)) == [batch ? "/v1/batch" : "/v1/track"])
        try await hydra.stop()
    }

    @Test func oneBadCallIsBuriedAndTheOthersGoOn() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<30) { _ in 1 }
        let hydra = try await HydraScript { request in
            .results(of: request) { $0.messageId == "7" ? (400, "bad") : (200, "accepted") }
        }
        let figures = try await Self.deliver(store, to: hydra.url)
        #expect(figures.delivered == 29)
        #expect(figures.dead == 1)
        #expect(hydra.calls.compactMap(\.messageId) == (0..<30).map { "\($0)" })
        try await hydra.stop()
    }

    @Test func aHydraThatComesBackGetsEverythingInOrder() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<100) { Int64($0 % 5) }
        let first = try await HydraScript { _ in .close }
        let port = first.port
        let url = first.url
        async let figures = Self.deliver(store, to: url)
        await first.requests(10)
        try await first.stop()
        let second = try await HydraScript(port: port)
        #expect(try await figures.delivered == 100)
        let ids = second.calls.compactMap { $0.messageId.flatMap { Int($0) } }
        #expect(ids.count == 100)
        for lane in 0..<5 {
            let ofLane = ids.filter { $0 % 5 == lane }
            #expect(ofLane == ofLane.sorted())
        }
        try await second.stop()
    }

    @Test func anEndpointWithoutBatchGetsSingleCalls() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<60) { Int64($0) }
        let hydra = try await HydraScript { request in
            request.path == "/v1/batch" ? .error(404, code: "not_found") : .taken(request)
        }
        let figures = try await Self.deliver(store, to: hydra.url, batch: true)
        #expect(figures.delivered == 60)
        #expect(figures.retried == 0)
        try await hydra.stop()
    }

    @Test func aKeyThatIsNotAcceptedKeepsEverything() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<40) { Int64($0 % 4) }
        let hydra = try await HydraScript { _ in .error(401, code: "unauthorized") }
        async let figures = Self.deliver(store, to: hydra.url)
        await hydra.requests(5)
        #expect(try store.spool.statistics().dead == 0)
        hydra.react { .taken($0) }
        #expect(try await figures.delivered == 40)
        #expect(try await figures.retried == 0)
        try await hydra.stop()
    }
}

/// Hears nothing.
private struct SilentObserver: RelayObserver {}

extension Result where Failure == any Error {
    /// What an asynchronous function returned or threw.
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
