internal import JSON
internal import Spool

/// What is known of a partition: from its stream, from its owner's last renewal, and from its owner itself if that is here.
///
/// A plain value; safe on any thread.
struct PartitionFigures: Sendable {
    let partition: Int
    let stream: StreamState
    let owner: String?
    let summary: LedgerSummary
    var oldest: (source: String, receivedAt: Int64)?

    /// For how long the last renewal of a lease says who delivers, in milliseconds. Far more than a lease lasts, because it is
    /// a server's clock that said when, and this host's may be off by some seconds.
    private static let silence: Int64 = 30_000

    /// Who holds a lease; nil when it was let go, or its holder has been silent.
    static func owner(of lease: LeaseRecord?, renewedAt: Int64?, now: Int64) -> String? {
        guard let lease, !lease.isReleased else { return nil }
        if let renewedAt, now &- renewedAt > Self.silence { return nil }
        return lease.owner
    }

    /// The same for showing.
    var statistics: PartitionStatistics {
        var statistics = PartitionStatistics(partition: self.partition)
        statistics.owner = self.owner
        statistics.lag = self.fresh + self.summary.deferred
        statistics.bytes = self.stream.bytes
        statistics.leader = self.stream.leader
        statistics.replicas = self.stream.replicas
        statistics.replicasCurrent = self.stream.replicasCurrent
        return statistics
    }

    /// Calls that are neither settled nor deferred.
    var fresh: Int {
        let floor = max(self.summary.floor, self.stream.first > 0 ? self.stream.first - 1 : 0)
        let behind = self.stream.last > floor ? Int(clamping: self.stream.last - floor) : 0
        return max(0, behind - self.summary.settledAbove - self.summary.deferred)
    }

    /// Blocks for three rounds of short questions.
    ///
    /// - Parameter now: this host's clock, in milliseconds since 1970.
    static func read(
        client: JetStreamClient,
        layout: StreamLayout,
        now: Int64,
        own: (Int) -> LedgerSummary?
    ) throws(SpoolError) -> [PartitionFigures] {
        let partitions = Array(0..<layout.partitions)
        let streams = client.askAndWait(partitions.map { ("STREAM.INFO.\(layout.calls($0))", []) })
        let leases = client.askAndWait(
            partitions.map { ("STREAM.MSG.GET.\(layout.owners)", PartitionLease.selector(layout, $0)) }
        )
        var figures: [PartitionFigures] = []
        for partition in partitions {
            let stream: StreamState
            switch streams[partition] {
            case .success(let document): stream = StreamState(document)
            case .failure(let error): throw SpoolError(error, "The stream \(layout.calls(partition))")
            }
            var renewal: StoredMessage?
            if case .success(let document) = leases[partition] { renewal = StoredMessage(document) }
            let lease = renewal.flatMap { LeaseRecord.decode($0.payload).record }
            figures.append(
                PartitionFigures(
                    partition: partition,
                    stream: stream,
                    owner: Self.owner(of: lease, renewedAt: renewal?.storedAt, now: now),
                    summary: own(partition) ?? lease?.summary ?? LedgerSummary()
                )
            )
        }
        // The call that waits longest stands right behind the floor.
        let waiting = figures.indices.filter { figures[$0].fresh + figures[$0].summary.deferred > 0 }
        let fronts = client.askAndWait(
            waiting.map { index in
                let figure = figures[index]
                let front = max(figure.summary.floor + 1, figure.stream.first)
                return ("STREAM.MSG.GET.\(layout.calls(figure.partition))", Array(#"{"seq":\#(front)}"#.utf8))
            }
        )
        for (index, front) in zip(waiting, fronts) {
            guard case .success(let document) = front, let message = StoredMessage(document),
                let call = CallRecord.decode(message.payload, id: 0).record
            else { continue }
            figures[index].oldest = (call.source, call.receivedAt)
        }
        return figures
    }
}
