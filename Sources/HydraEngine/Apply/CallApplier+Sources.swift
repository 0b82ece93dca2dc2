import GRDB
import Hydra

/// Names one connected source of an account.
struct SourceKey: Hashable {
    let account: Int64
    let name: String
}

/// What one source sent in a transaction.
struct SourceCounts {
    var first: Int64
    var last: Int64
    var identifies: Int64 = 0
    var tracks: Int64 = 0
    var clockFaults: [ClockFault: Int64] = [:]
}

/// What is known about the sources that send.
extension CallApplier {
    /// Calls without a source are nobody's.
    mutating func countSource(_ call: IncomingCall) {
        guard let source = call.source else { return }
        let time = call.receivedAt.milliseconds
        let key = SourceKey(account: call.account.id, name: source)
        var counts = self.pending.sources[key] ?? SourceCounts(first: time, last: time)
        counts.first = min(counts.first, time)
        counts.last = max(counts.last, time)
        switch call.kind {
        case .identify: counts.identifies += 1
        case .track: counts.tracks += 1
        }
        if let fault = call.clockFault { counts.clockFaults[fault, default: 0] += 1 }
        self.pending.sources[key] = counts
    }

    func writeSources() throws {
        for (key, counts) in self.pending.sources {
            try self.execute(
                """
                INSERT INTO sources (account, name, firstAt, lastAt, identifies, tracks, timesAhead, timesUnset,
                    sentAtsIgnored) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (account, name) DO UPDATE SET
                    firstAt = min(firstAt, excluded.firstAt), lastAt = max(lastAt, excluded.lastAt),
                    identifies = identifies + excluded.identifies, tracks = tracks + excluded.tracks,
                    timesAhead = timesAhead + excluded.timesAhead, timesUnset = timesUnset + excluded.timesUnset,
                    sentAtsIgnored = sentAtsIgnored + excluded.sentAtsIgnored
                """,
                [
                    key.account, SQLText.value(key.name), counts.first, counts.last, counts.identifies, counts.tracks,
                    counts.clockFaults[.ahead] ?? 0, counts.clockFaults[.unset] ?? 0, counts.clockFaults[.sentAt] ?? 0,
                ]
            )
        }
    }
}
