import HydraDataPoints
import JSON

extension DataValue {
    func write(into writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.value(text)
        case .number(let number): writer.value(number)
        case .bool(let bool): writer.value(bool)
        case .list(let texts):
            writer.beginArray()
            for text in texts { writer.value(text) }
            writer.endArray()
        }
    }
}

extension [DataPoint] {
    /// As the answers show them.
    var jsonText: [UInt8] {
        var writer = JSONWriter(reserving: 64 + self.count * 96)
        writer.beginArray()
        for point in self {
            writer.beginObject()
            writer.member("name", point.name)
            writer.key("value")
            point.value.write(into: &writer)
            writer.member("source", point.source.rawValue)
            writer.member("time", Instant(milliseconds: point.time).iso8601)
            writer.member("confidence", (point.confidence * 1000).rounded() / 1000)
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes
    }
}
