import JSON
import Spool
import TestSupport
import Testing

@testable import SpoolJetStream

/// What waits for a partition is stored as one batch: whole or not at all, in the order in which it came, repeats left out.
@Suite(.timeLimit(.minutes(3)))
struct AtomicBatchTests {
    /// A spool of one partition on one server, and on three.
    private static func open(
        _ replicas: Int,
        window: Duration = .seconds(3600)
    ) throws -> (any Sendable, JetStreamSpool) {
        guard replicas > 1 else {
            let fixture = try JetStreamFixture()
            return (fixture, try fixture.open { $0.dedupeWindow = window })
        }
        let fixture = try ClusterFixture()
        return (
            fixture,
            try fixture.open {
                $0.partitions = 1
                $0.dedupeWindow = window
            }
        )
    }

    private func stored(_ spool: JetStreamSpool) async throws -> [String] {
        try await withSession(spool) { try await $0.allFresh().map(\.messageId) }
    }

    @Test(arguments: [1, 3])
    func repeatsInABatchAreFoundAndTheRestIsStored(replicas: Int) async throws {
        let (fixture, spool) = try Self.open(replicas)
        #expect(try await spool.append((0..<10).map { .make("\($0)") }).duplicates == [])
        // Some are known, some are new, one stands twice.
        let mixed = [3, 10, 11, 4, 12, 12, 0].map { NewCall.make("\($0)") }
        #expect(try await spool.append(mixed).duplicates == [0, 3, 5, 6])
        // All of it again.
        #expect(try await spool.append(mixed).duplicates == [0, 1, 2, 3, 4, 5, 6])
        #expect(try await spool.append([.make("11")]).duplicates == [0])
        #expect(try await self.stored(spool) == (0..<13).map(String.init))
        _ = fixture
    }

    @Test(arguments: [1, 3])
    func repeatsAmongAppendsOfOneBatchAreEachTold(replicas: Int) async throws {
        let (fixture, spool) = try Self.open(replicas)
        // The first is under way while the others come, which go together then.
        let receipts = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<50 {
                group.addTask { try await spool.append((0..<20).map { .make("same/\($0)") }).duplicates }
            }
            return try await group.reduce(into: [[Int]]()) { $0.append($1) }
        }
        #expect(receipts.map(\.count).sorted() == [0] + Array(repeating: 20, count: 49))
        #expect(try await self.stored(spool) == (0..<20).map { "same/\($0)" })
        _ = fixture
    }

    @Test(arguments: [1, 3])
    func anAppendLongerThanABatchIsStoredInItsOrder(replicas: Int) async throws {
        let (fixture, spool) = try Self.open(replicas)
        let calls = (0..<2_750).map { NewCall.make("\($0)") }
        #expect(try await spool.append(calls).duplicates == [])
        #expect(try await spool.append(calls).duplicates == Array(0..<2_750))
        #expect(try await self.stored(spool) == (0..<2_750).map(String.init))
        _ = fixture
    }

    @Test
    func oneThatIsRefusedDoesNotTakeTheOthersWithIt() async throws {
        let fixture = try JetStreamFixture()
        let spool = try fixture.open()
        let client = try JetStreamClient(fixture.configuration(), logger: fixture.logger)
        defer { client.close() }
        // The operator bounds the length of messages: the servers refuse a batch that holds a longer one.
        let info = try await client.ask("STREAM.INFO.hydra_CALLS_0")
        let config = try #require(info.root["config"])
        let text = config.rawString
        let bounded = text.replacing(#""max_msg_size":-1"#, with: #""max_msg_size":2000"#)
        #expect(bounded != text)
        _ = try await client.ask("STREAM.UPDATE.hydra_CALLS_0", Array(bounded.utf8))
        let outcomes = await withTaskGroup(of: (Int, SpoolError.Code?).self) { group in
            for number in 0..<40 {
                group.addTask {
                    let body = [UInt8](repeating: 0x78, count: number % 10 == 7 ? 4_000 : 40)
                    do {
                        _ = try await spool.append([.make("\(number)", body: body), .make("\(number)/2")])
                        return (number, nil)
                    } catch { return (number, (error as? SpoolError)?.code ?? .stopped) }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
        }
        for number in 0..<40 { #expect(outcomes[number] == .some(number % 10 == 7 ? .tooLarge : nil)) }
        let stored = try await self.stored(spool)
        #expect(stored.count == 72)
        // Of what was refused nothing is there, the short call beside the long one neither.
        #expect(!stored.contains("7") && !stored.contains("7/2"))
    }

    @Test
    func streamsOfEarlierVersionsAreGivenBatches() async throws {
        let fixture = try JetStreamFixture()
        let first = try fixture.open()
        let client = try JetStreamClient(fixture.configuration(), logger: fixture.logger)
        defer { client.close() }
        for stream in ["hydra_CALLS_0", "hydra_REJECTED"] {
            let config = try #require(try await client.ask("STREAM.INFO.\(stream)").root["config"])
            let text = config.rawString
            let earlier = text.replacing(#""allow_atomic":true"#, with: #""allow_atomic":false"#)
            #expect(earlier != text)
            _ = try await client.ask("STREAM.UPDATE.\(stream)", Array(earlier.utf8))
        }
        first.close()
        let second = try fixture.open()
        #expect(try await second.append((0..<10).map { .make("\($0)") }).duplicates == [])
        #expect(try await self.stored(second).count == 10)
    }
}
