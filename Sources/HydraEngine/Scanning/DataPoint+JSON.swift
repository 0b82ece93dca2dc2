import HydraDataPoints
import HydraScanners
import JSON

extension DataPoint {
    /// One that was written by ``Swift/Array/jsonText``; nil for what was not.
    init?(json value: JSONValue) {
        guard let name = value["name"]?.string, let found = value["value"].flatMap({ DataValue(json: $0) }),
            let source = value["source"]?.string.flatMap({ DataSource(rawValue: $0) }),
            let time = value["time"]?.string.flatMap({ Instant(parsing: $0) }),
            let confidence = value["confidence"]?.double
        else { return nil }
        self.init(name: name, value: found, source: source, time: time.milliseconds, confidence: confidence)
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
