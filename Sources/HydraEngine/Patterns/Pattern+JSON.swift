import HydraPatterns
import JSON

extension Pattern {
    /// The sentence and the evidence as the answers show them: the members of an item behind its features.
    var evidenceJSON: [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.member("text", self.text)
        writer.key("evidence")
        writer.beginObject()
        writer.key("counts")
        writer.beginArray()
        for count in self.evidence.counts {
            writer.beginObject()
            writer.member("name", count.name)
            writer.number("value", count.value)
            writer.endObject()
        }
        writer.endArray()
        writer.key("comparison")
        writer.beginObject()
        writer.member("group", self.evidence.comparison.group)
        writer.member("size", self.evidence.comparison.size)
        writer.number("value", self.evidence.comparison.value)
        writer.endObject()
        writer.key("effect")
        writer.beginObject()
        writer.member("measure", self.evidence.effect.measure)
        writer.number("value", self.evidence.effect.ratio.value)
        writer.number("low", self.evidence.effect.ratio.low)
        writer.number("high", self.evidence.effect.ratio.high)
        writer.endObject()
        writer.member("confidence", Ratio.confidence)
        writer.probability("probability", self.evidence.probability)
        writer.probability("adjusted", self.evidence.adjusted)
        writer.member("tests", self.evidence.tests)
        writer.member("falseDiscoveryRate", FalseDiscoveryRate.level)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}

extension MissingData {
    static func json(_ missing: [MissingData]) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.beginArray()
        for item in missing {
            writer.beginObject()
            writer.member("kind", item.kind.rawValue)
            writer.member("have", item.have)
            writer.member("need", item.need)
            writer.member("what", item.what)
            writer.member("text", "Needs \(item.need) \(item.what); there are \(item.have).")
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes
    }
}

extension JSONWriter {
    /// With as many digits as say something; null for what is no number or has no bound.
    fileprivate mutating func number(_ key: StaticString, _ value: Double) {
        guard value.isFinite, abs(value) < 1e15 else { return self.nullMember(key) }
        self.member(key, (value * 1000).rounded() / 1000)
    }

    /// With three digits, however small.
    fileprivate mutating func probability(_ key: StaticString, _ value: Double) {
        guard value.isFinite, value > 1e-300 else { return self.member(key, 0.0) }
        var scale = 1.0
        while value * scale < 100 { scale *= 10 }
        self.member(key, (value * scale).rounded() / scale)
    }
}
