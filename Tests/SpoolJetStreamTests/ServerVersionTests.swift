import Logging
import Spool
import TestSupport
import Testing

@testable import SpoolJetStream

/// What servers say that they are, and what follows from it.
@Suite(.timeLimit(.minutes(2)))
struct ServerVersionTests {
    @Test(
        arguments: [
            ("2.8.4", 1, .tooOld), ("2.8.4", 3, .tooOld), ("1.4.1", 3, .tooOld), ("2.9.0", 1, .fine),
            ("2.9.0", 3, .decidesAlone), ("2.9.10", 3, .decidesAlone), ("2.9.25", 5, .decidesAlone),
            ("2.9.10", 1, .fine), ("2.10.0", 3, .fine), ("2.10.0-beta.3", 3, .fine), ("v2.11.4", 3, .fine),
            ("2.15.1", 5, .fine), ("3.0.0", 3, .fine), ("10.0.0", 3, .fine),
        ] as [(String, Int, ServerVersion.Verdict)]
    )
    func aVersionHasAMeaning(text: String, replicas: Int, verdict: ServerVersion.Verdict) throws {
        #expect(try #require(ServerVersion(text)).verdict(replicas: replicas) == verdict)
    }

    @Test(arguments: ["", "2", "2.9", "2.9.x", "two", "2.9.10.1", "-2.9.1", "2..1"])
    func whatIsNoVersionHasNone(text: String) {
        #expect(ServerVersion(text) == nil)
    }

    @Test
    func addressesAreTakenApart() throws {
        func place(_ url: String) -> [String]? { ServerGreeting.place(of: url).map { [$0.host, $0.port] } }
        #expect(place("nats://127.0.0.1:4222") == ["127.0.0.1", "4222"])
        #expect(place("tls://user:secret@a.example:4222/") == ["a.example", "4222"])
        #expect(place("nats://[::1]:4222") == ["::1", "4222"])
        #expect(place("nats://a") == nil)
        #expect(place("nats://a:port") == nil)
        #expect(place("") == nil)
    }

    @Test
    func aServerSaysItsVersion() throws {
        let server = try NATSServer()
        let version = try #require(ServerGreeting.version(of: server.url, seconds: 5))
        #expect(version >= ServerVersion.needed)
        server.kill()
        #expect(ServerGreeting.version(of: server.url, seconds: 5) == nil)
    }

    @Test
    func anOldClusterIsWarnedOfOnceAndOneServerIsNot() throws {
        let alone = try JetStreamFixture()
        let version = try #require(ServerGreeting.version(of: alone.server.url, seconds: 5))
        _ = try alone.open()
        func warnings(_ log: RecordedLog) -> Int {
            log.lines(at: .warning).filter { $0.contains("is older than") }.count
        }
        #expect(warnings(alone.log) == 0)
        let cluster = try ClusterFixture()
        _ = try cluster.open { $0.partitions = 1 }
        #expect(warnings(cluster.log) == (version < ServerVersion.wanted ? 1 : 0))
    }
}
