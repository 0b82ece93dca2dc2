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
            ("2.8.4", false), ("1.4.1", false), ("2.9.10", false), ("2.10.26", false), ("2.11.11", false),
            ("2.12.0", false),
            ("2.12.1", true), ("2.12.1-RC.2", true), ("v2.12.8", true), ("2.15.1", true), ("3.0.0", true),
            ("10.0.0", true),
        ]
    )
    func versionsBeforeAtomicBatchesWithIdsAreTooOld(text: String, isFine: Bool) throws {
        #expect(try (#require(ServerVersion(text)) >= .needed) == isFine)
    }

    @Test
    func anOperatorIsToldWhichVersionIsNeeded() throws {
        let error = SpoolError.tooOld("nats://a:4222", try #require(ServerVersion("2.11.4")))
        #expect(error.code == .misconfigured)
        for part in ["nats://a:4222", "2.11.4", "2.12.1"] { #expect(error.message.contains(part)) }
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
}
