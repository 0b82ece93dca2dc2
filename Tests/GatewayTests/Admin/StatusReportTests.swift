import Foundation
import Spool
import Testing

@testable import Gateway
@testable import Telemetry

@Suite struct StatusReportTests {
    private func make(spool: SpoolStatistics = SpoolStatistics(), configured: [String] = ["web"]) -> StatusReport {
        StatusReport(spool: spool, snapshots: [], configured: configured, at: 1_700_000_100_000)
    }

    @Test func aConfiguredSourceIsShownBeforeItsFirstEvent() throws {
        let object = try JSONSerialization.jsonObject(with: Data(self.make().jsonBytes)) as? [String: Any]
        let sources = try #require(object?["sources"] as? [[String: Any]])
        #expect(sources.first?["name"] as? String == "web")
        #expect(sources.first?["accepted"] as? Int == 0)
    }

    @Test func depthAndOldestAgeAreThere() throws {
        var spool = SpoolStatistics()
        spool.fresh = 30
        spool.deferred = 12
        spool.oldestReceivedAt = 1_700_000_000_000
        let report = self.make(spool: spool)
        let object = try JSONSerialization.jsonObject(with: Data(report.jsonBytes)) as? [String: Any]
        let section = try #require(object?["spool"] as? [String: Any])
        #expect(section["depth"] as? Int == 42)
        #expect(section["oldestAgeSeconds"] as? Int == 100)
        #expect(report.text.contains("42 (12 set aside; nobody delivers"))
        #expect(report.text.contains("1 min 40 s"))
    }

    private func snapshot(_ name: String, _ json: String) -> ResponderSnapshot {
        ResponderSnapshot(name: name, process: .current, writtenAt: 0, json: Array(json.utf8), prometheus: [])
    }

    @Test func whoWaitsBehindTheirUserIsNotTakenForATry() throws {
        var spool = SpoolStatistics()
        spool.fresh = 1
        spool.deferred = 3_358
        let report = StatusReport(
            spool: spool,
            snapshots: [
                self.snapshot("1", #"{"startedAt":1700000000000,"delivering":true,"retrying":2}"#),
                self.snapshot("2", #"{"startedAt":1700000050000,"delivering":false}"#),
            ],
            configured: [],
            at: 1_700_000_100_000
        )
        #expect(report.text.contains("3359 (2 wait for another try, 3356 behind an earlier call of their user)"))
        let object = try JSONSerialization.jsonObject(with: Data(report.jsonBytes)) as? [String: Any]
        let section = try #require(object?["spool"] as? [String: Any])
        #expect(section["retrying"] as? Int == 2 && section["behindTheirUser"] as? Int == 3_356)
        #expect(report.html.contains("behind an earlier call of their user"))
    }

    @Test func countersSaySinceWhen() throws {
        let first = self.snapshot("1", #"{"startedAt":1700000000000}"#)
        let report = StatusReport(spool: SpoolStatistics(), snapshots: [first], configured: [], at: 1_700_000_100_000)
        #expect(report.text.contains("counted since 2023-11-14T22:13:20.000Z, when the responder started"))
        #expect(report.html.contains("counted since 2023-11-14T22:13:20.000Z"))
        let object = try JSONSerialization.jsonObject(with: Data(report.jsonBytes)) as? [String: Any]
        #expect(object?["countedSince"] as? String == "2023-11-14T22:13:20.000Z")
        let both = StatusReport(
            spool: SpoolStatistics(),
            snapshots: [first, self.snapshot("2", #"{"startedAt":1700000050000}"#)],
            configured: [],
            at: 1_700_000_100_000
        )
        #expect(both.text.contains("the last one 2023-11-14T22:14:10.000Z"))
        #expect(self.make().text.contains("no responder runs"))
    }

    private static var partitions: [PartitionStatistics] {
        var delivered = PartitionStatistics(partition: 0)
        delivered.owner = "gateway-1:42"
        delivered.lag = 1_234
        delivered.bytes = 3 << 20
        delivered.leader = "n2"
        delivered.replicas = 3
        delivered.replicasCurrent = 3
        var left = PartitionStatistics(partition: 1)
        left.replicas = 3
        left.replicasCurrent = 2
        return [delivered, left]
    }

    @Test func partitionsAreATable() throws {
        var spool = SpoolStatistics()
        spool.partitions = Self.partitions
        let report = self.make(spool: spool)
        let lines = report.text.split(separator: "\n").map(String.init)
        let head = try #require(lines.firstIndex { $0.hasPrefix("partition ") })
        #expect(
            lines[head..<head + 3] == [
                "partition  delivered by  waiting  size     leader  replicas",
                "0          gateway-1:42  1234     3.0 MiB  n2      3",
                "1          nobody        0        0 B      -       2 of 3",
            ]
        )
        #expect(report.html.contains("<td><bdi>gateway-1:42</bdi></td>"))
        #expect(report.html.contains("<td><bdi>2 of 3</bdi></td>"))
        // A spool in files has none.
        #expect(!self.make().text.contains("partition"))
        #expect(!self.make().html.contains("Partitions"))
    }

    @Test func partitionsAreInTheJSON() throws {
        var spool = SpoolStatistics()
        spool.partitions = Self.partitions
        func partitions(_ report: StatusReport) throws -> [[String: Any]] {
            let object = try JSONSerialization.jsonObject(with: Data(report.jsonBytes)) as? [String: Any]
            return try #require(object?["partitions"] as? [[String: Any]])
        }
        let found = try partitions(self.make(spool: spool))
        let first = try #require(found.first)
        #expect(first["partition"] as? Int == 0)
        #expect(first["owner"] as? String == "gateway-1:42")
        #expect(first["lag"] as? Int == 1_234)
        #expect(first["bytes"] as? Int == 3 << 20)
        #expect(first["leader"] as? String == "n2")
        #expect(first["replicas"] as? Int == 3)
        #expect(first["replicasCurrent"] as? Int == 3)
        #expect(found.last?["owner"] is NSNull)
        #expect(found.last?["leader"] is NSNull)
        #expect(try partitions(self.make()).isEmpty)
    }

    @Test func partitionsAreMeasured() {
        let families = GatewayMetrics.partitions(Self.partitions)
        let registry = MetricsRegistry()
        registry.addCollector { families }
        let text = String(decoding: registry.prometheusText(), as: UTF8.self)
        #expect(text.contains("hydra_gateway_partition_lag{partition=\"0\"} 1234\n"))
        #expect(text.contains("hydra_gateway_partition_owned{partition=\"0\"} 1\n"))
        #expect(text.contains("hydra_gateway_partition_owned{partition=\"1\"} 0\n"))
        #expect(text.contains("hydra_gateway_partition_replicas_behind{partition=\"1\"} 1\n"))
        #expect(GatewayMetrics.partitions([]).isEmpty)
    }

    @Test func respondersThatShareTheDeliveryAreOneDestination() throws {
        let folder = try ConfigurationFolder()
        for (name, state, delivered) in [("a", "delivering", 10), ("b", "breaker_open", 5)] {
            let figures = try FiguresDirectory(path: folder.path, name: name)
            let destination =
                #"{"url":"https://h","key":"k","state":"\#(state)","inFlight":1,"delivered":\#(delivered)}"#
            let json = #"{"delivering":true,"partitions":4,"destinations":[\#(destination)]}"#
            try figures.write(json: Array(json.utf8), prometheus: [])
        }
        let snapshots = try FiguresDirectory(path: folder.path, name: "reader").readAll()
        let report = StatusReport(spool: SpoolStatistics(), snapshots: snapshots, configured: [], at: 0)
        #expect(report.destinations.count == 1)
        #expect(report.destinations.first?.delivered == 15)
        #expect(report.destinations.first?.inFlight == 2)
        #expect(report.destinations.first?.state == "breaker_open")
        #expect(report.responders.map(\.delivers) == ["yes (4)", "yes (4)"])
    }

    @Test func aClockThatWentBackwardsShowsNoNegativeAge() {
        var spool = SpoolStatistics()
        spool.oldestReceivedAt = 1_800_000_000_000
        #expect(self.make(spool: spool).oldestAgeSeconds == 0)
    }

    @Test func thePageEscapesNamesEvenBeforeCombiningMarks() {
        let hostile = "a<\u{0301}script>\"\u{0301}"
        let page = self.make(configured: [hostile]).html
        // Without the marks, since with them `<` and `;` are parts of other characters to a String.
        let marks = page.unicodeScalars.filter { $0 == "\u{0301}" }.count
        var bare = String.UnicodeScalarView()
        bare.append(contentsOf: page.unicodeScalars.filter { $0 != "\u{0301}" })
        #expect(marks > 0)
        #expect(String(bare).contains("a&lt;script&gt;&quot;"))
        #expect(!String(bare).contains("a<script"))
    }

    @Test(
        arguments: [
            (0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 KiB"), (10 << 30, "10.0 GiB"),
        ] as [(Int64, String)]
    )
    func sizesAreReadable(bytes: Int64, text: String) {
        #expect(Readable.bytes(bytes) == text)
    }
}
