import JSON

/// How tracked events count: `{"weights":{"negative":-1,"neutral":1,"positive":2},"ignoredFeatures":["Heartbeat"]}`.
///
/// A value; any thread.
package struct UsageDefinition: Sendable, Equatable {
    private static let maximumIgnored = 200

    package var weights = UsageWeights()
    /// Features that are counted, and not shown.
    package var ignoredFeatures: [String] = []

    package init() {}

    init(_ value: JSONValue, _ reader: DefinitionReader) {
        guard reader.object(value, "", members: ["weights", "ignoredFeatures"]) else { return }
        if let weights = value["weights"],
            reader.object(weights, "weights", members: ["negative", "neutral", "positive"])
        {
            func weight(_ name: StaticString, _ standard: Double) -> Double {
                reader.number(weights[name], "weights.\(name)", in: -100...100, default: standard)
            }
            self.weights.negative = weight("negative", self.weights.negative)
            self.weights.neutral = weight("neutral", self.weights.neutral)
            self.weights.positive = weight("positive", self.weights.positive)
        }
        self.ignoredFeatures = reader.list(
            value["ignoredFeatures"],
            "ignoredFeatures",
            count: 0...Self.maximumIgnored
        ).compactMap { reader.text($0, $1, maximum: 256) }
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("weights")
        writer.beginObject()
        writer.member("negative", self.weights.negative)
        writer.member("neutral", self.weights.neutral)
        writer.member("positive", self.weights.positive)
        writer.endObject()
        writer.key("ignoredFeatures")
        writer.beginArray()
        for feature in self.ignoredFeatures { writer.value(feature) }
        writer.endArray()
        writer.endObject()
    }
}

/// What one event of each flag counts.
///
/// A value; any thread.
package struct UsageWeights: Sendable, Equatable {
    package var negative = -1.0
    package var neutral = 1.0
    package var positive = 2.0

    package init() {}
}
