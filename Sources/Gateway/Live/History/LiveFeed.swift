import JSON
import Segment
import Telemetry

/// What one responder tells about the newest events and the last hour. A value.
struct LiveFeed: Sendable {
    /// The counts of one source by stage, the oldest point first, as long as there was anything.
    struct Series: Sendable {
        var seconds: [LiveStage: [UInt64]] = [:]
        var minutes: [LiveStage: [UInt64]] = [:]
    }

    let responder: String
    /// Milliseconds since 1970.
    let writtenAt: Int64
    /// The last second of every series, since 1970.
    let second: Int64
    let sources: [String: Series]
    /// How many calls waited, up to ``second``; see ``DepthHistory``.
    let depths: [Int64]
    let entries: [JournalEntry]

    init(
        responder: String,
        writtenAt: Int64,
        second: Int64,
        sources: [String: Series] = [:],
        depths: [Int64] = [],
        entries: [JournalEntry]
    ) {
        self.responder = responder
        self.writtenAt = writtenAt
        self.second = second
        self.sources = sources
        self.depths = depths
        self.entries = entries
    }

    /// nil when it is not what a responder writes; what another version leaves out counts as nothing.
    init?(_ file: LiveFile, parser: JSONParser) {
        guard let root = try? parser.parse(file.json).root, let second = root["second"]?.int64 else { return nil }
        self.responder = file.name
        self.writtenAt = file.writtenAt
        self.second = second
        var sources: [String: Series] = [:]
        if let members = root["sources"], members.isObject {
            for member in members.members {
                var parts = member.value.elements.makeIterator()
                var series = Series()
                series.seconds = parts.next().map(Self.stages) ?? [:]
                series.minutes = parts.next().map(Self.stages) ?? [:]
                sources[member.key.string] = series
            }
        }
        self.sources = sources
        self.depths = root["depths"]?.elements.map { $0.int64 ?? DepthHistory.unknown } ?? []
        self.entries = root["entries"]?.elements.compactMap { JournalEntry($0) } ?? []
    }

    private static func stages(_ value: JSONValue) -> [LiveStage: [UInt64]] {
        guard value.isObject else { return [:] }
        var result: [LiveStage: [UInt64]] = [:]
        for member in value.members {
            guard let number = UInt8(member.key.string), let stage = LiveStage(rawValue: number) else { continue }
            result[stage] = member.value.elements.map { UInt64(clamping: $0.int64 ?? 0) }
        }
        return result
    }
}

extension JournalEntry {
    /// Reads what ``LiveRecorder`` wrote.
    init?(_ value: JSONValue) {
        guard value.isArray, value.count >= 13 else { return nil }
        var parts = value.elements.makeIterator()
        func number() -> Int64 { parts.next()?.int64 ?? 0 }
        func text() -> String { parts.next()?.string ?? "" }
        let at = number()
        let receivedAt = number()
        let source = text()
        let traceId = text()
        let messageId = text()
        let type = EventType(rawValue: text())
        guard let stage = LiveStage(rawValue: UInt8(clamping: number())) else { return nil }
        self.init(
            at: at,
            receivedAt: receivedAt,
            source: source,
            traceId: traceId,
            messageId: messageId,
            type: type,
            stage: stage,
            code: text(),
            status: Int(clamping: number()),
            attempt: Int(clamping: number()),
            took: number(),
            retryAt: number(),
            callId: number()
        )
    }
}
