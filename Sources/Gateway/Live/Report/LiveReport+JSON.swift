import Hydra
import JSON
import Segment
import Spool

extension LiveReport {
    /// The report for programs.
    var json: [UInt8] {
        var writer = JSONWriter(reserving: 32_768)
        writer.beginObject()
        writer.member("at", StatusReport.time(self.at))
        writer.key("queue")
        self.writeQueue(into: &writer)
        writer.key("stages")
        writer.beginObject()
        for (name, stages) in Self.columns {
            writer.key(string: name)
            writer.beginObject()
            writer.member("perSecond", self.total.perSecond(stages))
            writer.member("lastHour", self.total.lastHour(stages))
            writer.key("seconds")
            Self.write(self.total.seconds(stages), into: &writer)
            writer.key("minutes")
            Self.write(self.total.minutes(stages), into: &writer)
            writer.endObject()
        }
        writer.endObject()
        writer.key("sources")
        writer.beginArray()
        for source in self.sources { Self.write(source, into: &writer) }
        writer.endArray()
        writer.key("events")
        writer.beginArray()
        for event in self.events { Self.write(event, into: &writer) }
        writer.endArray()
        writer.member("eventsKnown", self.eventsKnown)
        writer.key("destinations")
        writer.beginArray()
        for destination in self.status.destinations { StatusReport.write(destination, into: &writer) }
        writer.endArray()
        writer.key("deadLetters")
        self.writeDead(into: &writer)
        writer.key("responders")
        writer.beginArray()
        for responder in self.status.responders {
            writer.beginObject()
            writer.member("name", responder.name)
            writer.member("delivering", responder.isDelivering)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// What is counted, by name: `received` is the sum of what the edge says of an event.
    static let columns: [(name: String, stages: [LiveStage])] =
        [("received", LiveStage.intake)] + LiveStage.allCases.map { ($0.name, [$0]) }

    private func writeQueue(into writer: inout JSONWriter) {
        let spool = self.status.spool
        writer.beginObject()
        writer.member("depth", spool.depth)
        writer.member("deferred", spool.deferred)
        if let age = self.status.oldestAgeSeconds {
            writer.member("oldestAgeSeconds", age)
        } else {
            writer.nullMember("oldestAgeSeconds")
        }
        writer.key("depths")
        Self.write(self.depths, into: &writer)
        writer.member("bytes", spool.bytes)
        writer.member("maximumBytes", spool.maximumBytes)
        if let refusing = spool.refusing {
            writer.member("refusing", refusing.description)
        } else {
            writer.nullMember("refusing")
        }
        writer.endObject()
    }

    private static func write(_ points: [UInt64], into writer: inout JSONWriter) {
        writer.beginArray()
        for point in points { writer.value(point) }
        writer.endArray()
    }

    private static func write(_ row: SourceRow, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", row.status.name)
        writer.member("depth", row.status.depth)
        writer.member("deadLetters", row.status.dead)
        writer.key("lastHour")
        writer.beginObject()
        for (name, stages) in self.columns {
            writer.key(string: name)
            writer.value(row.series.lastHour(stages))
        }
        writer.endObject()
        writer.key("receivedBySecond")
        self.write(row.series.seconds(LiveStage.intake), into: &writer)
        writer.key("receivedByMinute")
        self.write(row.series.minutes(LiveStage.intake), into: &writer)
        writer.endObject()
    }

    private static func write(_ event: LiveEvent, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("receivedAt", StatusReport.time(event.receivedAt))
        writer.member("at", StatusReport.time(event.at))
        self.member("source", event.source, into: &writer)
        self.member("type", event.type?.rawValue ?? "", into: &writer)
        self.member("messageId", event.messageId, into: &writer)
        writer.member("traceId", event.traceId)
        writer.member("stage", event.stage)
        self.member("reason", event.code, into: &writer)
        if event.status > 0 { writer.member("status", event.status) } else { writer.nullMember("status") }
        writer.member("attempts", event.attempts)
        if let retryAt = event.retryAt {
            writer.member("retryAt", StatusReport.time(retryAt))
        } else {
            writer.nullMember("retryAt")
        }
        if let id = event.deadLetter { writer.member("deadLetter", id) } else { writer.nullMember("deadLetter") }
        writer.key("way")
        writer.beginArray()
        for step in event.steps { writer.value(step.text) }
        writer.endArray()
        writer.endObject()
    }

    /// null for what is empty.
    private static func member(_ key: StaticString, _ text: String, into writer: inout JSONWriter) {
        if text.isEmpty { writer.nullMember(key) } else { writer.member(key, text) }
    }

    private func writeDead(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("count", self.dead.count)
        writer.member("examined", self.dead.examinedCount)
        writer.key("reasons")
        writer.beginArray()
        for reason in self.dead.reasons {
            writer.beginObject()
            writer.member("code", reason.code)
            writer.member("count", reason.count)
            writer.endObject()
        }
        writer.endArray()
        writer.key("newest")
        writer.beginArray()
        for letter in self.dead.newest {
            writer.beginObject()
            writer.member("id", letter.id)
            writer.member("at", StatusReport.time(letter.reason.at))
            writer.member("source", letter.call.source)
            writer.member("type", CallKind(rawValue: letter.call.kind)?.name ?? "")
            writer.member("messageId", letter.call.messageId)
            writer.member("traceId", letter.call.traceId)
            writer.member("code", letter.reason.code)
            if let status = letter.reason.status {
                writer.member("status", status)
            } else {
                writer.nullMember("status")
            }
            writer.member("attempts", letter.reason.attempts)
            writer.member("message", letter.reason.message)
            writer.member("answer", HiddenPersons.hide(in: letter.reason.answer))
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
