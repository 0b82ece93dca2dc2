import Foundation
import Testing

@testable import HydraEngine

/// A thread that nobody needs costs nothing, and ends at once.
@Suite struct BackgroundLoopTests {
    @Test func aPauseIsSleptInOnePieceAndEndsWhenItIsToldTo() throws {
        let loop = BackgroundLoop()
        loop.start(name: "loop-under-test") { loop.sleep(.seconds(60)) }
        let deadline = ContinuousClock.now + .seconds(10)
        while try Self.switches(of: "loop-under-test") == nil, ContinuousClock.now < deadline { usleep(1_000) }
        usleep(100_000)
        let before = try #require(try Self.switches(of: "loop-under-test"))
        usleep(500_000)
        let after = try #require(try Self.switches(of: "loop-under-test"))
        // Polling fifty times a second would make it 25.
        #expect(after - before <= 2)
        let began = ContinuousClock.now
        loop.stop()
        #expect(ContinuousClock.now - began < .seconds(10))
    }

    /// How often a thread of this process went to sleep; nil if there is none of this name.
    private static func switches(of name: String) throws -> Int? {
        let tasks = "/proc/self/task"
        for task in try FileManager.default.contentsOfDirectory(atPath: tasks) {
            guard let comm = try? String(contentsOfFile: "\(tasks)/\(task)/comm", encoding: .utf8),
                comm == name.prefix(15) + "\n",
                let status = try? String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8)
            else { continue }
            let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
            return line.flatMap { Int($0.split(separator: "\t").last ?? "") }
        }
        return nil
    }
}
