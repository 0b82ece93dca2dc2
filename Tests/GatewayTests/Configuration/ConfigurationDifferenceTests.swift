import Logging
import Testing

@testable import Gateway

@Suite struct ConfigurationDifferenceTests {
    private func load(_ text: String) throws -> GatewayConfiguration {
        try GatewayConfiguration.load(text: text, name: "f")
    }

    @Test func tellsWhatIsInEffectAndWhatNeedsARestart() throws {
        let old = try self.load(
            "sources: {a: {writeKey: w, apiKey: k}, b: {writeKey: x, apiKey: k}, c: {writeKey: y, apiKey: k}}"
        )
        let new = try self.load(
            """
            workers: 9
            listen: [inherited]
            log: {level: debug}
            limits: {depth: 64, connections: 10}
            delivery: {retryFor: 1h}
            spool: {directory: /elsewhere}
            sources: {a: {writeKey: w, apiKey: k}, b: {writeKey: x, apiKey: other}, d: {writeKey: z, apiKey: k}}
            """
        )
        let difference = new.difference(from: old)
        #expect(
            difference.reloadable == [
                "limits.depth", "log.level", "sources.b", "sources.c", "sources.d",
            ]
        )
        #expect(difference.restart == ["listen", "workers", "limits.connections", "spool", "delivery.retryFor"])
        #expect(
            difference.description
                == "in effect now: limits.depth, log.level, sources.b, sources.c, sources.d; "
                + "needs a restart: listen, workers, limits.connections, spool, delivery.retryFor"
        )
    }

    @Test func theSameFileChangesNothing() throws {
        let configuration = try self.load("workers: 2\nsources: {web: {writeKey: k, apiKey: a}}")
        #expect(configuration.difference(from: configuration).isEmpty)
        #expect(configuration.difference(from: configuration).description == "nothing changed")
    }

    @Test func everySettingIsNoticed() throws {
        let old = GatewayConfiguration()
        let changes: [(inout GatewayConfiguration) -> Void] = [
            { $0.listen = [] }, { $0.socket.mode = 0 }, { $0.allowNonLoopback = true }, { $0.responder = "r" },
            { $0.workers = 1 }, { $0.allowedUsers = [] }, { $0.allowedPeers = ["::1"] }, { $0.limits.connections = 1 },
            { $0.limits.parameterBytes = 1 }, { $0.limits.requestBytes = 1 }, { $0.limits.eventBytes = 1 },
            { $0.limits.batchBytes = 1 }, { $0.limits.batchEvents = 1 }, { $0.limits.depth = 1 },
            { $0.limits.identifierBytes = 1 }, { $0.limits.readTimeout = .zero }, { $0.limits.writeTimeout = .zero },
            { $0.limits.requestTimeout = .zero }, { $0.spool.rejectedMaximum = 0 }, { $0.hydra.url = "" },
            { $0.hydra.caFile = "" }, { $0.hydra.connectTimeout = .zero }, { $0.hydra.timeout = .zero },
            { $0.hydra.connections = 0 }, { $0.delivery.enabled = false }, { $0.delivery.batch = true },
            { $0.delivery.maximumBatch = 1 }, { $0.delivery.concurrency = 1 }, { $0.delivery.retryBase = .zero },
            { $0.delivery.retryCap = .zero }, { $0.delivery.retryFor = .zero }, { $0.delivery.probeInterval = .zero },
            { $0.delivery.breakerFailures = 1 }, { $0.log.file = "/x" }, { $0.log.level = .trace },
            { $0.admin.enabled = false }, { $0.publicHost = "h" }, { $0.shutdownTimeout = .zero },
            { $0.sources = [SourceSettings(name: "s")] },
        ]
        for (index, change) in changes.enumerated() {
            var new = old
            change(&new)
            let difference = new.difference(from: old)
            #expect(difference.reloadable.count + difference.restart.count == 1, "change \(index)")
        }
    }
}
