import Glibc
import Spool
import Synchronization
import TestSupport
import Testing

@testable import SpoolJetStream

/// Three servers, of which some die.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct ClusterTests {
    /// The gateway's own tests let servers die in any case; here it is the engine alone.
    static let isLongForm = unsafe getenv("CLUSTER_KILLS") != nil

    /// Appends the calls of a lane one after the other, each until it is acknowledged. Returns how many.
    private func write(_ spool: JetStreamSpool, lane: Int64, until isOver: @Sendable () -> Bool) async -> Int {
        var number = 0
        while !isOver() {
            let call = NewCall.make("\(lane)/\(number)", lane: lane)
            while (try? await spool.append([call])) == nil { try? await Task.sleep(for: .milliseconds(50)) }
            number += 1
        }
        return number
    }

    /// Writes and delivers with two gateways while `trouble` is made; nothing may be lost, or be seen out of its order.
    private func run(
        _ fixture: ClusterFixture,
        lanes: Int64 = 40,
        _ trouble: (_ first: JetStreamSpool, _ second: JetStreamSpool) async throws -> Void
    ) async throws {
        let first = try fixture.open(first: 0)
        let second = try fixture.open(first: 1)
        let destination = Destination()
        let isOver = Flag()
        let written = try await withThrowingTaskGroup(of: [Int64: Int].self) { group in
            let delivery = Task {
                await withTaskGroup { group in
                    for spool in [first, second] {
                        for partition in 0..<spool.partitions {
                            group.addTask { await destination.deliver(spool, partition) }
                        }
                    }
                }
            }
            for lane in 0..<lanes {
                let spool = lane % 2 == 0 ? first : second
                group.addTask { [lane: await self.write(spool, lane: lane) { isOver.isRaised }] }
            }
            try await trouble(first, second)
            isOver.raise()
            let written = try await group.reduce(into: [:]) { $0.merge($1) { $1 } }
            let until = ContinuousClock.now + .seconds(60)
            while destination.count < written.values.reduce(0, +), ContinuousClock.now < until {
                try await Task.sleep(for: .milliseconds(50))
            }
            destination.end()
            delivery.cancel()
            await delivery.value
            return written
        }
        let lanes = destination.lanes
        for (lane, count) in written {
            #expect(lanes[lane] == Array(0..<count), "lane \(lane)")
        }
        print("written \(written.values.reduce(0, +)), repeated \(destination.repeats)")
    }

    @Test
    func statisticsSayWhichServersAreUpToDate() async throws {
        let fixture = try ClusterFixture()
        let spool = try fixture.open()
        func wait(_ condition: ([PartitionStatistics]) -> Bool) async throws -> [PartitionStatistics] {
            let until = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < until {
                if let found = try? spool.statistics().partitions, condition(found) { return found }
                try await Task.sleep(for: .milliseconds(100))
            }
            return try spool.statistics().partitions
        }
        let names = fixture.servers.map(\.options.name)
        let whole = try await wait { $0.allSatisfy { $0.replicasCurrent == 3 } }
        #expect(whole.map(\.partition) == [0, 1, 2, 3])
        #expect(whole.allSatisfy { $0.replicas == 3 && $0.replicasCurrent == 3 })
        #expect(whole.allSatisfy { $0.leader.map(names.contains) == true })
        fixture.servers[2].kill()
        let left = try await wait { $0.allSatisfy { $0.replicasCurrent == 2 && $0.leader != nil } }
        #expect(left.allSatisfy { $0.replicas == 3 && $0.replicasCurrent == 2 && $0.leader != names[2] })
    }

    @Test(.enabled(if: ClusterTests.isLongForm, "the long form: set CLUSTER_KILLS"))
    func serversAreKilledInTurn() async throws {
        let fixture = try ClusterFixture()
        try await self.run(fixture) { _, _ in
            for server in fixture.servers {
                try await Task.sleep(for: .seconds(2))
                server.kill()
                try await Task.sleep(for: .seconds(3))
                try server.restart()
            }
            try await Task.sleep(for: .seconds(3))
        }
    }

    @Test
    func withoutAMajorityCallsAreRefusedUntilItIsBack() async throws {
        let fixture = try ClusterFixture()
        try await self.run(fixture) { first, _ in
            try await Task.sleep(for: .seconds(2))
            fixture.servers[0].kill()
            fixture.servers[1].kill()
            let until = ContinuousClock.now + .seconds(20)
            while first.refusing == nil, ContinuousClock.now < until { try await Task.sleep(for: .milliseconds(50)) }
            #expect(first.refusing == SpoolError(code: .unreachable, message: "", retryAfterSeconds: 0))
            try await Task.sleep(for: .seconds(3))
            try fixture.servers[0].restart()
            try fixture.servers[1].restart()
            let later = ContinuousClock.now + .seconds(40)
            while first.refusing != nil, ContinuousClock.now < later { try await Task.sleep(for: .milliseconds(50)) }
            #expect(first.refusing == nil)
        }
    }

    @Test(.enabled(if: ClusterTests.isLongForm, "the long form: set CLUSTER_KILLS"))
    func aServerThatIsStoppedForAWhile() async throws {
        let fixture = try ClusterFixture()
        try await self.run(fixture) { _, _ in
            try await Task.sleep(for: .seconds(2))
            fixture.servers[1].pause()
            try await Task.sleep(for: .seconds(15))
            fixture.servers[1].goOn()
            try await Task.sleep(for: .seconds(3))
        }
    }
}

/// Something that is over, for all to see.
final class Flag: Sendable {
    private let value = Mutex(false)

    var isRaised: Bool { self.value.withLock { $0 } }

    func raise() { self.value.withLock { $0 = true } }
}
