import JSON
import Logging
import Spool
import Synchronization
import TestSupport
import Testing

@testable import SpoolJetStream

/// Servers that are not there, refuse, or are set up otherwise; streams that are full; messages that are none of ours.
@Suite(.timeLimit(.minutes(2)))
struct TroubleTests {
    private func error(_ code: SpoolError.Code) -> SpoolError {
        SpoolError(code: code, message: "", retryAfterSeconds: 0)
    }

    @Test
    func noServerIsAnErrorAtTheStart() throws {
        let fixture = try JetStreamFixture()
        fixture.server.kill()
        #expect(throws: self.error(.unreachable)) { _ = try fixture.open() }
    }

    @Test(arguments: ["none", "wrong", "right"])
    func wrongCredentialsAreAnErrorAtTheStart(_ kind: String) throws {
        let fixture = try JetStreamFixture(extra: "authorization { user: gateway, password: secret }")
        let open = {
            _ = try fixture.open { configuration in
                guard kind != "none" else { return }
                configuration.user = "gateway"
                configuration.password = kind == "right" ? "secret" : "guess"
            }
        }
        if kind == "right" { try open() } else { #expect(throws: self.error(.misconfigured)) { try open() } }
    }

    @Test
    func aServerWithoutJetStreamIsAnErrorAtTheStart() throws {
        let fixture = try JetStreamFixture(extra: "jetstream: disabled")
        #expect(throws: self.error(.misconfigured)) { _ = try fixture.open() }
    }

    @Test
    func streamsThatDifferAreAnErrorAtTheStart() throws {
        let fixture = try JetStreamFixture()
        try fixture.open().close()
        let changes: [(inout JetStreamSpoolConfiguration) -> Void] = [
            { $0.partitions = 2 }, { $0.maximumBytes = 1 << 30 }, { $0.dedupeWindow = .seconds(60) },
            { $0.rejectedMaximum = 7 }, { $0.replicas = 3 }, { $0.replicas = 2 }, { $0.name = "a.b" },
            { $0.partitions = 257 },
        ]
        for change in changes {
            #expect(throws: self.error(.misconfigured)) { _ = try fixture.open(change) }
        }
        try fixture.open().close()
    }

    @Test
    func messagesOfOthersArePassedOver() async throws {
        let fixture = try JetStreamFixture()
        let spool = try fixture.open()
        let client = try JetStreamClient(fixture.configuration(), logger: fixture.logger)
        try await spool.append([.make("1")])
        for payload in [[], Array("hello".utf8), [0x89, 0x48, 1, 2, 3], [0x89, 0x49, 9]] as [[UInt8]] {
            _ = try await client.publish(OutgoingMessage("hydra.calls.0.demo", payload))
        }
        try await spool.append([.make("2")])
        client.close()
        try await withSession(spool) { session async throws in
            #expect(try await session.allFresh().map(\.id) == [1, 6])
            try await session.settle([.delivered(id: 1), .delivered(id: 3), .delivered(id: 6)])
            #expect(try await session.allFresh().isEmpty)
        }
        #expect(fixture.log.lines(at: .warning).filter { $0.contains("none of ours") }.count == 4)
        let statistics = try spool.statistics()
        #expect(statistics.depth == 0)
        #expect(statistics.delivered == 2)
    }

    /// Room for 1 MiB of dead letters, and 1.6 MB of calls that are to be given up.
    @Test
    func aFullStreamOfDeadLettersKeepsTheCallsInTheirLanes() async throws {
        let fixture = try JetStreamFixture()
        let clock = WallClock()
        let spool = try fixture.open {
            $0.maximumBytes = 4 << 20
            $0.clock = { clock.now }
        }
        let body = [UInt8](repeating: 0x78, count: 20_000)
        try await spool.append((1...80).map { .make("\($0)", lane: Int64($0 % 4), body: body) } + [.make("81")])
        let letters = try await withSession(spool) { session async throws -> Int in
            _ = try await session.allFresh()
            let dead = (1...80).map { Settlement.dead(id: $0, .make(attempts: 3)) }
            try await session.settle(dead + [.delivered(id: 81)])
            let statistics = try spool.statistics()
            #expect((40..<60).contains(statistics.dead), "\(statistics.dead)")
            #expect(statistics.delivered == 1)
            #expect(statistics.fresh == 0 && statistics.deferred == 80 - statistics.dead)
            let deferred = try await session.allDeferred()
            #expect(deferred.count == 80 - statistics.dead)
            #expect(deferred.allSatisfy { $0.attempts == 3 && $0.notBefore == 61_000 })
            // However often it is tried; who sends it again all the same is to wait again.
            try await session.settle(dead)
            try await Task.sleep(for: .seconds(2))
            #expect(try await session.allDeferred().map(\.notBefore) == deferred.map(\.notBefore))
            clock.now = 70_000
            try await session.settle(dead)
            #expect(try await session.allDeferred().map(\.notBefore) == deferred.map { _ in 130_000 })
            let lines = fixture.log.lines(at: .error)
            #expect(lines.count == 1 && lines.contains { $0.contains("cannot be given up") }, "\(lines)")
            return statistics.dead
        }
        // Nor does the next one lose any; what it is told anew is given up when there is room.
        try await withSession(spool) { session async throws in
            let deferred = try await session.allDeferred()
            #expect(deferred.count == 80 - letters)
            try await session.settle(deferred.map { .dead(id: $0.id, .make(attempts: 4)) })
            #expect(try spool.statistics().dead == letters)
            #expect(try spool.dropDead(.all) == letters)
            while try spool.statistics().dead < 80 - letters { try await Task.sleep(for: .milliseconds(50)) }
            while try await !session.allDeferred().isEmpty { try await Task.sleep(for: .milliseconds(50)) }
            let kept = try spool.deadLetters(source: nil, after: 0, limit: 100)
            #expect(kept.allSatisfy { $0.call.attempts == 4 && $0.call.body.count == body.count })
        }
        while !fixture.log.lines(at: .notice).contains(where: { $0.contains("given up again") }) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try spool.statistics().depth == 0)
    }

    @Test
    func deadLettersWithoutABoundAreGivenOne() async throws {
        let fixture = try JetStreamFixture()
        let configuration = fixture.configuration()
        let client = try JetStreamClient(configuration, logger: fixture.logger)
        let setup = StreamSetup(
            client: client,
            configuration: configuration,
            layout: StreamLayout(name: "hydra", partitions: 1),
            logger: fixture.logger
        )
        var earlier = try #require(setup.plans.first { $0.name == "hydra_DEAD" })
        let bound = earlier.maximumBytes
        #expect(bound == 64 << 20)
        earlier.maximumBytes = -1
        earlier.refusesNew = false
        _ = try await client.ask("STREAM.CREATE.hydra_DEAD", earlier.json)
        try fixture.open().close()
        let config = try await client.ask("STREAM.INFO.hydra_DEAD").root["config"]
        #expect(config?["max_bytes"]?.int64 == bound)
        #expect(config?["discard"]?.string == "new")
        client.close()
    }

    @Test
    func aServerThatComesBackIsUsedAgain() async throws {
        let fixture = try JetStreamFixture()
        let spool = try fixture.open()
        try await spool.append([.make("1")])
        let session = try await spool.acquireDelivery()
        #expect(try await session.allFresh().map(\.id) == [1])
        fixture.server.kill()
        while spool.refusing == nil { try await Task.sleep(for: .milliseconds(20)) }
        #expect(spool.refusing == self.error(.unreachable))
        await #expect(throws: self.error(.unreachable)) { try await spool.append([.make("2")]) }
        try fixture.server.restart()
        while spool.refusing != nil { try await Task.sleep(for: .milliseconds(20)) }
        try await spool.append([.make("2")])
        await session.release()
        let again = try await spool.acquireDelivery()
        #expect(try await again.allFresh().map(\.id) == [1, 2])
        await again.release()
    }
}

/// A wall clock that stands but for what the test sets it to.
private final class WallClock: Sendable {
    private let value = Mutex<Int64>(1_000)

    var now: Int64 {
        get { self.value.withLock { $0 } }
        set { self.value.withLock { $0 = newValue } }
    }
}
