import Foundation
import Testing

@testable import Telemetry

@Suite struct ProcessFiguresTests {
    @Test func readsThisProcess() throws {
        let figures = try #require(ProcessFigures.read())
        #expect(figures.pid == getpid())
        #expect(figures.residentBytes > 1 << 20)
        #expect(figures.virtualBytes >= figures.residentBytes)
        #expect(figures.cpuUserSeconds >= 0)
        #expect(figures.openDescriptors >= 3)
        #expect(figures.maximumDescriptors >= 3)
        #expect(figures.threads >= 1)
        let now = Date().timeIntervalSince1970
        #expect(figures.startTime < now + 2)
        #expect(figures.startTime > now - 86_400)
    }

    @Test func countsDescriptors() throws {
        var ends: [[Int32]] = []
        let before = try #require(ProcessFigures.read()).openDescriptors
        for _ in 0..<100 {
            ends.append(try Pipes.make())
        }
        let after = try #require(ProcessFigures.read()).openDescriptors
        for end in ends.joined() { close(end) }
        // Other tests open files at the same time.
        #expect(after - before > 150)
    }

    @Test func areValidMetrics() throws {
        let registry = MetricsRegistry()
        registry.addCollector { ProcessFigures.read()?.families ?? [] }
        let checker = ExpositionChecker(registry.prometheusText())
        #expect(checker.mistakes.isEmpty)
        #expect(checker.types["process_cpu_seconds_total"] == "counter")
        #expect(try #require(checker.value("process_resident_memory_bytes")) > 0)
    }

    @Test func aProgramsNameMayHoldBlanksAndParentheses() throws {
        let text =
            "12 (a) b (c)) S 1 12 12 0 -1 4194560 1 2 3 4 50 60 7 8 20 0 9 0 12345 1000000 250 18446744073709551615"
        let stat = try #require(ProcessStat(parsing: Array(text.utf8)))
        #expect(stat.state == UInt8(ascii: "S"))
        #expect(stat.userTicks == 50)
        #expect(stat.systemTicks == 60)
        #expect(stat.threads == 9)
        #expect(stat.startTicks == 12_345)
        #expect(stat.virtualBytes == 1_000_000)
        #expect(stat.residentPages == 250)
    }

    @Test(arguments: ["", "12", "12 (a", "12 (a) S 1 2", "12 (a) S " + String(repeating: "x ", count: 30)])
    func brokenStatsAreNone(text: String) {
        #expect(ProcessStat(parsing: Array(text.utf8)) == nil)
    }

    @Test func thereIsNoSuchProcess() {
        #expect(ProcessStat(pid: -1) == nil)
        #expect(!ProcessIdentity(pid: 4_194_304, startTicks: 0).isAlive)
    }
}
