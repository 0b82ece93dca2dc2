import JSON
import Segment
import Spool
import Telemetry

extension StatusReport {
    /// The report as one JSON object. Times are UTC ISO 8601, sizes bytes, ages seconds.
    package var json: String {
        TerminalText.json(String(decoding: self.jsonBytes, as: UTF8.self))
    }

    var jsonBytes: [UInt8] {
        var writer = JSONWriter(reserving: 4_096)
        writer.beginObject()
        writer.member("at", Self.time(self.at))
        Self.write(time: self.countedSince?.first, as: "countedSince", into: &writer)
        writer.key("spool")
        self.writeSpool(into: &writer)
        writer.key("sources")
        writer.beginArray()
        for source in self.sources { Self.write(source, into: &writer) }
        writer.endArray()
        writer.key("destinations")
        writer.beginArray()
        for destination in self.destinations { Self.write(destination, into: &writer) }
        writer.endArray()
        writer.key("partitions")
        writer.beginArray()
        for partition in self.spool.partitions { Self.write(partition, into: &writer) }
        writer.endArray()
        writer.key("responders")
        writer.beginArray()
        for responder in self.responders { Self.write(responder, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func writeSpool(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("depth", Int64(self.spool.depth))
        writer.member("fresh", Int64(self.spool.fresh))
        writer.member("deferred", Int64(self.spool.deferred))
        Self.write(count: self.retrying, as: "retrying", into: &writer)
        Self.write(count: self.behind, as: "behindTheirUser", into: &writer)
        if let age = self.oldestAgeSeconds {
            writer.member("oldestAgeSeconds", age)
        } else {
            writer.key("oldestAgeSeconds")
            writer.null()
        }
        writer.member("bytes", self.spool.bytes)
        writer.member("maximumBytes", self.spool.maximumBytes)
        writer.member("freeDiskBytes", self.spool.freeBytes)
        writer.member("durability", self.spool.durability.code)
        writer.member("durabilityText", self.spool.durability.description)
        writer.member("appended", Int64(self.spool.appended))
        writer.member("duplicates", Int64(self.spool.duplicates))
        writer.member("delivered", Int64(self.spool.delivered))
        writer.member("dead", Int64(self.spool.dead))
        writer.member("rejected", Int64(self.spool.rejected))
        writer.member("rejectedDropped", Int64(self.spool.rejectedDropped))
        writer.member("deduplicationIds", Int64(self.spool.dedupeIds))
        writer.member("deduplicationWindowSeconds", self.spool.dedupeWindow / 1_000)
        if let refusing = self.spool.refusing {
            writer.member("refusing", refusing.description)
        } else {
            writer.key("refusing")
            writer.null()
        }
        writer.endObject()
    }

    private static func write(_ source: SourceRow, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", source.name)
        for outcome in SourceFigures.Outcome.allCases {
            writer.key(string: outcome.rawValue)
            writer.value(Int64(clamping: source.counts[outcome] ?? 0))
        }
        writer.member("depth", Int64(source.depth))
        writer.member("delivered", Int64(source.delivered))
        writer.member("dead", Int64(source.dead))
        self.write(time: source.oldestReceivedAt, as: "oldestReceivedAt", into: &writer)
        self.write(time: source.lastEventAt, as: "lastEventAt", into: &writer)
        writer.endObject()
    }

    static func write(_ destination: DestinationRow, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("url", destination.url)
        writer.member("key", destination.key)
        writer.member("state", destination.state)
        writer.member("inFlight", destination.inFlight)
        writer.member("delivered", destination.delivered)
        writer.member("retried", destination.retried)
        writer.member("dead", destination.dead)
        writer.member("lastAnswer", destination.lastAnswer)
        writer.key("sources")
        writer.beginArray()
        for source in destination.sources { writer.value(source) }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ partition: PartitionStatistics, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("partition", Int64(partition.partition))
        self.write(text: partition.owner, as: "owner", into: &writer)
        writer.member("lag", Int64(partition.lag))
        writer.member("bytes", partition.bytes)
        self.write(text: partition.leader, as: "leader", into: &writer)
        writer.member("replicas", Int64(partition.replicas))
        writer.member("replicasCurrent", Int64(partition.replicasCurrent))
        writer.endObject()
    }

    private static func write(_ responder: ResponderRow, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", responder.name)
        writer.member("pid", responder.pid)
        writer.member("version", responder.version)
        writer.member("startedAt", self.time(responder.startedAt))
        writer.member("delivering", responder.isDelivering)
        writer.member("partitions", responder.partitions)
        writer.member("requests", responder.requests)
        writer.member("requestsActive", responder.requestsActive)
        writer.member("connectionsAccepted", responder.connectionsAccepted)
        writer.member("connectionsOpen", responder.connectionsOpen)
        writer.member("connectionsIdle", responder.connectionsIdle)
        writer.member("workers", responder.workers)
        writer.member("residentBytes", responder.residentBytes)
        writer.member("logLinesDropped", responder.logLinesDropped)
        writer.endObject()
    }

    private static func write(count: Int?, as key: StaticString, into writer: inout JSONWriter) {
        writer.key(key)
        if let count {
            writer.value(Int64(count))
        } else {
            writer.null()
        }
    }

    private static func write(text: String?, as key: StaticString, into writer: inout JSONWriter) {
        writer.key(key)
        if let text {
            writer.value(text)
        } else {
            writer.null()
        }
    }

    private static func write(time milliseconds: Int64?, as key: StaticString, into writer: inout JSONWriter) {
        writer.key(key)
        if let milliseconds {
            writer.value(self.time(milliseconds))
        } else {
            writer.null()
        }
    }

    static func time(_ milliseconds: Int64) -> String {
        Timestamp(milliseconds: milliseconds).iso8601
    }
}
