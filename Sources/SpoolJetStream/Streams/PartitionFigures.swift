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

    /// Calls that are neither settled nor deferred.
    var fresh: Int {
        let floor = max(self.summary.floor, self.stream.first > 0 ? self.stream.first - 1 : 0)
        let behind = self.stream.last > floor ? Int(clamping: self.stream.last - floor) : 0
        return max(0, behind - self.summary.settledAbove - self.summary.deferred)
    }

    /// Blocks for three rounds of short questions.
    static func read(
        client: JetStreamClient,
        layout: StreamLayout,
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
            var lease: LeaseRecord?
            if case .success(let document) = leases[partition] {
                lease = StoredMessage(document).flatMap { LeaseRecord($0.payload) }
            }
            figures.append(
                PartitionFigures(
                    partition: partition,
                    stream: stream,
                    owner: lease?.isReleased == false ? lease?.owner : nil,
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
                let call = CallRecord.decode(message.payload, id: 0)
            else { continue }
            figures[index].oldest = (call.source, call.receivedAt)
        }
        return figures
    }
}
