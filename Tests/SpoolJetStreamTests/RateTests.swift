import Foundation
import Spool
import Synchronization
import TestSupport
import Testing

@testable import SpoolJetStream

/// How fast calls are stored and read: prints figures, when `HYDRA_NATS_RATE` is set to seconds.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["HYDRA_NATS_RATE"] != nil), .serialized)
struct RateTests {
    private static let seconds = Double(ProcessInfo.processInfo.environment["HYDRA_NATS_RATE"] ?? "") ?? 3

    private func measure(_ name: String, _ spool: JetStreamSpool, clients: Int, batch: Int) {
        let body = [UInt8](repeating: 0x78, count: 400)
        let until = ContinuousClock.now + .seconds(Self.seconds)
        let counts = Mutex((stored: 0, failed: 0))
        let latencies = Mutex<[Double]>([])
        let group = DispatchGroup()
        @Sendable func next(_ client: Int, _ round: Int) {
            guard ContinuousClock.now < until else { return group.leave() }
            let calls = (0..<batch).map {
                NewCall.make("\(name)/\(client)/\(round)/\($0)", lane: Int64(client * 1000 + $0), body: body)
            }
            let started = ContinuousClock.now
            spool.append(AppendBatch(calls: calls)) { result in
                let duration = ContinuousClock.now - started
                latencies.withLock {
                    $0.append(
                        Double(duration.components.attoseconds) / 1e15 + Double(duration.components.seconds) * 1000
                    )
                }
                counts.withLock { counts in
                    if case .success = result { counts.stored += batch } else { counts.failed += 1 }
                }
                DispatchQueue.global().async { next(client, round + 1) }
            }
        }
        for client in 0..<clients {
            group.enter()
            next(client, 0)
        }
        group.wait()
        let sorted = latencies.withLock { $0.sorted() }
        let (stored, failed) = counts.withLock { $0 }
        let p50 = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        let p99 = sorted.isEmpty ? 0 : sorted[sorted.count * 99 / 100]
        print(
            "\(name): \(clients) clients, batches of \(batch): \(Int(Double(stored) / Self.seconds)) calls/s, failed \(failed),"
                + " p50 \(p50) ms, p99 \(p99) ms"
        )
    }

    private func read(_ name: String, _ spool: JetStreamSpool) async throws {
        let started = ContinuousClock.now
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for partition in 0..<spool.partitions {
                group.addTask {
                    let session = try await spool.acquireDelivery(partition: partition)
                    var count = 0
                    var position: Int64 = 0
                    while true {
                        let page = try await session.fresh(
                            after: position,
                            sources: .all,
                            limit: 500,
                            maximumBytes: 1 << 20,
                            maximumRows: 2000
                        )
                        try await session.settle(page.calls.map { .delivered(id: $0.id) })
                        count += page.calls.count
                        position = page.scannedThrough
                        if page.reachedEnd { break }
                    }
                    await session.release()
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        let seconds = Double((ContinuousClock.now - started).components.seconds) + 0.5
        print("\(name): read and settled \(counts) calls, about \(Int(Double(counts) / seconds)) calls/s")
    }

    @Test
    func oneServer() async throws {
        let fixture = try JetStreamFixture()
        let spool = try fixture.open {
            $0.partitions = 8
            $0.maximumBytes = 8 << 30
        }
        self.measure("R1 single", spool, clients: 64, batch: 1)
        self.measure("R1 batches", spool, clients: 16, batch: 100)
        try await self.read("R1", spool)
    }

    @Test
    func threeServers() async throws {
        let fixture = try ClusterFixture()
        let spool = try fixture.open {
            $0.partitions = 8
            $0.maximumBytes = 8 << 30
        }
        self.measure("R3 single", spool, clients: 64, batch: 1)
        self.measure("R3 batches", spool, clients: 16, batch: 100)
        try await self.read("R3", spool)
    }
}
