import Logging
import Spool
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
        for payload in [[], Array("hello".utf8), [0x89, 0x48, 1, 2, 3], [0x89, 0x48, 9]] as [[UInt8]] {
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
