import Logging
import Spool
import TestSupport
import Testing

@testable import SpoolJetStream

/// What a 200 means, as the servers' own reports say it.
@Suite(.timeLimit(.minutes(3)))
struct DurabilityTests {
    private static func report(_ name: String, _ syncsAlways: Bool) -> ServerReport {
        ServerReport(name: name, version: .needed, syncsAlways: syncsAlways)
    }

    @Test(
        arguments: [
            ("aA bA cA", "abc", .majorityDisks), ("aA bA", "abc", .majorityDisks), ("aA", "abc", .unknown),
            ("", "abc", .unknown), ("", "", .unknown), ("aA", "", .majorityDisks),
            ("aA bM cA", "abc", .majorityMemory(servers: ["b"])),
            ("cM aM", "abc", .majorityMemory(servers: ["a", "c"])),
            // One that keeps none of the streams does not count.
            ("aA bA dM", "abc", .majorityDisks), ("aA dA eA", "abc", .unknown),
            // Each stream needs a majority of its own.
            ("aA bA cA", "abc cde", .unknown), ("aA bA cA dA", "abc cde", .majorityDisks),
            ("aM", "", .majorityMemory(servers: ["a"])),
        ] as [(String, String, Durability)]
    )
    func reportsAreJudged(reports: String, streams: String, durability: Durability) {
        var found: [String: ServerReport] = [:]
        for word in reports.split(separator: " ") {
            found[String(word.prefix(1))] = Self.report(String(word.prefix(1)), word.hasSuffix("A"))
        }
        let servers = streams.split(separator: " ").map { $0.map(String.init) }
        #expect(ServerJudgement.durability(found, streams: servers) == durability)
    }

    @Test(
        arguments: [
            "", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.0 404 Not Found\r\n\r\n{}",
            "HTTP/1.0 200 OK\r\n\r\n{\"server_name\":\"a\"}",
            "HTTP/1.0 200 OK\r\n\r\n{\"server_name\":\"a\",\"jetstream\":{\"config\":{}}}", "220 mail\r\n\r\n{}",
            "HTTP/1.0 200 OK\r\n{\"server_name\":\"a\",\"jetstream\":{\"config\":{\"store_dir\":\"/s\"}}}",
        ]
    )
    func whatIsNoMonitorSaysNothing(answer: String) {
        #expect(MonitorPort.report(inAnswer: Array(answer.utf8)) == nil)
    }

    @Test
    func serversThatSyncAlwaysMeanDisks() async throws {
        let fixture = try ClusterFixture(syncsAlways: [true, true, true])
        let spool = try fixture.open { $0.requiresSync = true }
        #expect(try spool.statistics().durability == .majorityDisks)
        try await spool.append((0..<100).map { .make("\($0)", lane: Int64($0)) })
        #expect(fixture.log.lines(at: .notice).contains { $0.contains("a 200 means that a call is on disk") })
        // One that is down for now hinders no start.
        fixture.servers[2].kill()
        let second = try fixture.open { $0.requiresSync = true }
        #expect(try second.statistics().durability == .majorityDisks)
    }

    @Test
    func oneServerThatDoesNotSyncIsEnoughToRefuse() throws {
        let fixture = try ClusterFixture(syncsAlways: [true, false, true])
        let error = #expect(throws: SpoolError.self) { _ = try fixture.open { $0.requiresSync = true } }
        #expect(error?.code == .misconfigured)
        for part in ["n2", "sync_interval: always", "spool.requireSync"] {
            #expect(error?.message.contains(part) == true)
        }
        let spool = try fixture.open()
        #expect(try spool.statistics().durability == .majorityMemory(servers: ["n2"]))
        #expect(fixture.log.lines(at: .error).contains { $0.contains("a 200 does not mean that a call is on disk") })
    }

    @Test
    func serversThatDoNotSayItAreRefusedWithTheRemedy() throws {
        let fixture = try JetStreamFixture()
        let error = #expect(throws: SpoolError.self) { _ = try fixture.open { $0.requiresSync = true } }
        #expect(error?.code == .misconfigured)
        for part in ["spool.monitor", "$SYS.REQ.SERVER.PING.JSZ", "spool.requireSync"] {
            #expect(error?.message.contains(part) == true)
        }
        #expect(try fixture.open().statistics().durability == .unknown)
    }

    @Test(arguments: [true, false])
    func serversAreAskedOverNATSWhereTheSystemAccountLets(syncsAlways: Bool) throws {
        let service = "$SYS.REQ.SERVER.PING.JSZ"
        let fixture = try JetStreamFixture(
            extra: """
                jetstream { \(syncsAlways ? "sync_interval: always" : "") }
                accounts {
                    SYS { exports: [ { service: "\(service)", response_type: stream } ] }
                    HYDRA {
                        jetstream: enabled, users: [ { user: h, password: h } ]
                        imports: [ { service: { account: SYS, subject: "\(service)" } } ]
                    }
                }
                system_account: SYS
                """
        )
        func open(_ requires: Bool) throws -> JetStreamSpool {
            try fixture.open {
                $0.user = "h"
                $0.password = "h"
                $0.requiresSync = requires
            }
        }
        guard syncsAlways else {
            #expect(throws: SpoolError.self) { _ = try open(true) }
            #expect(try open(false).statistics().durability == .majorityMemory(servers: ["n1"]))
            return
        }
        #expect(try open(true).statistics().durability == .majorityDisks)
    }
}
