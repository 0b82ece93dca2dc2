import Spool
import Synchronization

/// Several real spools as the partitions of one: what JetStream's spool is, without its server.
final class PartitionedSpool: Spool {
    private let parts: [any Spool]
    private let state = Mutex((contenders: 0, asked: 0))

    /// - Parameter parts: at least one.
    init(_ parts: [any Spool]) {
        self.parts = parts
    }

    private func part(of lane: Int64) -> any Spool {
        self.parts[Int(lane.magnitude % UInt64(self.parts.count))]
    }

    /// A batch whose calls are all of one partition; the tests append no other.
    func append(_ batch: AppendBatch, completion: @escaping @Sendable (Result<AppendReceipt, SpoolError>) -> Void) {
        self.part(of: batch.calls.first?.lane ?? 0).append(batch, completion: completion)
    }

    var partitions: Int { self.parts.count }

    func acquireDelivery(partition: Int) async throws -> any DeliverySession {
        self.state.withLock { $0.asked += 1 }
        return try await self.parts[partition].acquireDelivery()
    }

    /// What the test says.
    var contenders: Int {
        get { self.state.withLock { $0.contenders } }
        set { self.state.withLock { $0.contenders = newValue } }
    }

    /// How often the right to deliver was asked for.
    var asked: Int { self.state.withLock { $0.asked } }

    func statistics() throws -> SpoolStatistics {
        var sum = SpoolStatistics()
        for part in self.parts {
            let statistics = try part.statistics()
            sum.fresh += statistics.fresh
            sum.deferred += statistics.deferred
        }
        return sum
    }

    func deadLetters(source: String?, after id: Int64, limit: Int) throws -> [DeadLetter] {
        try self.parts.flatMap { try $0.deadLetters(source: source, after: id, limit: limit) }
    }

    func deadLetter(id: Int64) throws -> DeadLetter? { nil }

    func newestDeadLetters(limit: Int) throws -> [DeadLetter] { [] }

    func deadIds(code: String?, after id: Int64, through: Int64, limit: Int) throws -> [Int64] { [] }

    func replayDead(_ selection: DeadSelection) throws -> Int { 0 }

    func dropDead(_ selection: DeadSelection) throws -> Int { 0 }

    func rejectedEvents(after id: Int64, limit: Int) throws -> [RejectedRecord] { [] }

    var refusing: SpoolError? { nil }

    func close() {
        for part in self.parts { part.close() }
    }
}
