import JSON
import Segment
import Synchronization
import Telemetry

/// Turns this process' counters into a history, and leaves it with the newest entries of the journal beside the spool,
/// so that any responder can show what all of them do.
///
/// Any thread; writing blocks for one small file. A file of 1,000 entries is some 150 KB. It is written each second
/// while somebody looks, else every ``idleSeconds`` and only when something happened since: renaming a fresh file makes
/// a journalling file system flush it beside the spool's commits, which nobody should pay for when nobody looks. The
/// price is that the first look may be ``idleSeconds`` late about the other responders, the next ones a second.
///
/// Whoever is asked answers from the files, its own too: so it is the same whoever answers, and nothing comes and goes
/// while a page's questions meet one responder and then another.
final class LiveRecorder: Sendable {
    /// Entries of each ring that are shared.
    static let entries = 500
    /// Sources that have a history; 6.7 KB each.
    static let sources = 256
    /// How often the file is written while nobody looks.
    static let idleSeconds: UInt64 = 5
    /// Nanoseconds after which the own file is written before it is read: a tick was missed.
    private static let stale: UInt64 = 1_500_000_000
    /// A longer messageId or code is cut: UUIDs have 36.
    private static let longestText = 128

    let journal: EventJournal
    private let directory: FiguresDirectory
    private let configured: @Sendable () -> [Source]
    private let depth: @Sendable (_ isWatched: Bool) -> Int?
    private let state = Mutex(State())

    private struct State {
        var known: [String: StageCounts] = [:]
        var histories: [String: StageHistory] = [:]
        var depths = DepthHistory()
        var writtenTotal: UInt64?
        var writtenCounts: [String: StageCounts] = [:]
        var writtenAt: UInt64 = 0
    }

    /// - Parameters:
    ///   - configured: the sources whose counters are read, asked each time because a reload changes them.
    ///   - depth: how many calls wait in the spool; nil where another process is to say so. Asked once a second, with
    ///     whether somebody looks; may block for a short read.
    init(
        journal: EventJournal,
        directory: FiguresDirectory,
        configured: @escaping @Sendable () -> [Source],
        depth: @escaping @Sendable (_ isWatched: Bool) -> Int?
    ) {
        self.journal = journal
        self.directory = directory
        self.configured = configured
        self.depth = depth
    }

    /// To be called about once a second: counts what happened since, and writes the file if it is due.
    func tick(at now: Int64, monotonic: UInt64) {
        self.sample(at: now)
        let total = self.journal.total
        let isWatched = self.directory.isWatched
        if let depth = self.depth(isWatched) {
            self.state.withLock { $0.depths.note(depth, at: StageHistory.second(of: now)) }
        }
        let isDue = self.state.withLock { state in
            if isWatched || state.writtenTotal == nil { return true }
            return (total != state.writtenTotal || state.known != state.writtenCounts)
                && monotonic &- state.writtenAt >= Self.idleSeconds * 1_000_000_000
        }
        if isDue { self.write(monotonic: monotonic) }
    }

    /// A full disk costs what is known of this responder, never an event.
    private func write(monotonic: UInt64) {
        let total = self.journal.total
        self.state.withLock { state in
            state.writtenTotal = total
            state.writtenCounts = state.known
            state.writtenAt = monotonic
        }
        try? self.directory.write(live: self.json())
    }

    /// Counts what happened since the last time into the history.
    func sample(at now: Int64) {
        let current = self.currentCounts()
        self.state.withLock { state in
            for (source, counts) in current {
                let delta = counts.since(state.known[source] ?? StageCounts())
                guard !delta.isZero else { continue }
                state.known[source] = counts
                guard state.histories[source] != nil || state.histories.count < Self.sources else { continue }
                state.histories[source, default: StageHistory()].add(delta, at: now)
            }
        }
    }

    /// What all responders left; marks that somebody looks.
    func feeds(at now: Int64, monotonic: UInt64) -> [LiveFeed] {
        let wasWatched = self.directory.isWatched
        self.directory.markWatched()
        let age = monotonic &- self.state.withLock { $0.writtenAt }
        if !wasWatched || age > Self.stale {
            self.sample(at: now)
            self.write(monotonic: monotonic)
        }
        let parser = JSONParser()
        return self.directory.readLive().compactMap { LiveFeed($0, parser: parser) }
    }

    private func currentCounts() -> [String: StageCounts] {
        var result: [String: StageCounts] = [:]
        for source in self.configured() {
            var counts = StageCounts()
            for stage in LiveStage.intake {
                if let outcome = stage.outcome { counts[stage] = source.figures[outcome] }
            }
            result[source.name] = counts
        }
        for (source, delivery) in self.journal.deliveryCounts {
            result[source, default: StageCounts()][.delivered] = delivery.delivered
            result[source, default: StageCounts()][.retrying] = delivery.retrying
            result[source, default: StageCounts()][.dead] = delivery.dead
        }
        return result
    }

    // MARK: Writing

    private func json() -> [UInt8] {
        let now = WallClock.milliseconds()
        let second = StageHistory.second(of: now)
        let (histories, depths) = self.state.withLock { ($0.histories, $0.depths) }
        let entries = self.journal.newest(Self.entries)
        var writer = JSONWriter(reserving: 192 * entries.count + 2_048 * histories.count + 256)
        writer.beginObject()
        writer.member("second", second)
        writer.key("sources")
        writer.beginObject()
        for (source, history) in histories {
            writer.key(string: source)
            writer.beginArray()
            Self.write({ history.seconds($0, through: second) }, into: &writer)
            Self.write({ history.minutes($0, through: StageHistory.minute(of: second)) }, into: &writer)
            writer.endArray()
        }
        writer.endObject()
        writer.key("depths")
        writer.beginArray()
        for depth in depths.series(through: second).drop(while: { $0 < 0 }) { writer.value(depth) }
        writer.endArray()
        writer.key("entries")
        writer.beginArray()
        for entry in entries { Self.write(entry, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// One object for a history: a stage's number and its points, without the zeros in front.
    private static func write(_ series: (LiveStage) -> [UInt32], into writer: inout JSONWriter) {
        writer.beginObject()
        for stage in LiveStage.allCases {
            let points = series(stage).drop { $0 == 0 }
            guard !points.isEmpty else { continue }
            writer.key(string: String(stage.rawValue))
            writer.beginArray()
            for point in points { writer.value(Int64(point)) }
            writer.endArray()
        }
        writer.endObject()
    }

    /// An array, since names would be most of it. ``JournalEntry/init(_:)`` reads it.
    private static func write(_ entry: JournalEntry, into writer: inout JSONWriter) {
        writer.beginArray()
        writer.value(entry.at)
        writer.value(entry.receivedAt)
        writer.value(entry.source)
        writer.value(entry.traceId)
        writer.value(self.cut(entry.messageId))
        writer.value(entry.type?.rawValue ?? "")
        writer.value(Int64(entry.stage.rawValue))
        writer.value(self.cut(entry.code))
        writer.value(Int64(entry.status))
        writer.value(Int64(entry.attempt))
        writer.value(entry.took)
        writer.value(entry.retryAt)
        writer.value(entry.callId)
        writer.endArray()
    }

    static func cut(_ text: String) -> String {
        guard text.utf8.count > Self.longestText else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.longestText))) + "…"
    }
}
