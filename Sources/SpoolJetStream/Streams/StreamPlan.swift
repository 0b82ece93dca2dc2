internal import JSON

/// How a stream is to be set up.
///
/// A plain value; safe on any thread.
struct StreamPlan: Sendable {
    let name: String
    let subject: String
    let description: String
    let replicas: Int
    /// -1: unbounded, here and below.
    var maximumBytes: Int64 = -1
    var maximumMessages: Int64 = -1
    var maximumPerSubject: Int64 = -1
    /// What happens at a bound: the new message is refused, or the oldest one makes room.
    var refusesNew = true
    /// Earlier versions made it without a bound: then it is given the bound.
    var wasUnbounded = false
    /// Whether messages are stored in atomic batches; earlier versions made it without.
    var takesBatches = false
    /// In nanoseconds.
    var duplicateWindow: Int64 = 120_000_000_000

    /// The configuration as the servers want it.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("name", self.name)
        writer.member("description", self.description)
        writer.key("subjects")
        writer.beginArray()
        writer.value(self.subject)
        writer.endArray()
        writer.member("retention", "limits")
        writer.member("storage", "file")
        writer.member("discard", self.refusesNew ? "new" : "old")
        writer.member("num_replicas", self.replicas)
        writer.member("max_bytes", self.maximumBytes)
        writer.member("max_msgs", self.maximumMessages)
        writer.member("max_msgs_per_subject", self.maximumPerSubject)
        writer.member("max_consumers", -1)
        writer.member("max_msg_size", -1)
        writer.member("max_age", 0)
        writer.member("duplicate_window", self.duplicateWindow)
        writer.member("allow_direct", true)
        if self.takesBatches { writer.member("allow_atomic", true) }
        writer.endObject()
        return writer.bytes
    }

    /// Whether a stream is as an earlier version planned it: without the bound, or without batches.
    func isOnlyEarlier(in config: JSONValue) -> Bool {
        let lacksBatches = self.takesBatches && config["allow_atomic"]?.bool != true
        guard self.wasUnbounded || lacksBatches else { return false }
        var earlier = self
        if lacksBatches { earlier.takesBatches = false }
        if earlier.differences(from: config).isEmpty { return lacksBatches }
        guard self.wasUnbounded else { return false }
        earlier.maximumBytes = -1
        earlier.refusesNew = false
        return earlier.differences(from: config).isEmpty
    }

    /// What of a stream's configuration is not as planned, for a person.
    func differences(from config: JSONValue) -> [String] {
        var differences: [String] = []
        func compare(_ what: String, _ found: String, _ wanted: String) {
            if found != wanted { differences.append("\(what) is \(found), not \(wanted)") }
        }
        let subjects = config["subjects"].map { $0.elements.compactMap(\.string) } ?? []
        compare("subjects", subjects.joined(separator: " "), self.subject)
        compare("description", config["description"]?.string ?? "none", self.description)
        compare("retention", config["retention"]?.string ?? "none", "limits")
        compare("storage", config["storage"]?.string ?? "none", "file")
        compare("discard", config["discard"]?.string ?? "none", self.refusesNew ? "new" : "old")
        func number(_ key: String, _ wanted: Int64) {
            compare(key, "\(config[key: key]?.int64 ?? 0)", "\(wanted)")
        }
        number("num_replicas", Int64(self.replicas))
        number("max_bytes", self.maximumBytes)
        number("max_msgs", self.maximumMessages)
        number("max_msgs_per_subject", self.maximumPerSubject)
        number("max_age", 0)
        number("duplicate_window", self.duplicateWindow)
        if config["allow_direct"]?.bool != true {
            differences.append("allow_direct is not set")
        }
        if self.takesBatches, config["allow_atomic"]?.bool != true { differences.append("allow_atomic is not set") }
        if config["sealed"]?.bool == true { differences.append("it is sealed") }
        if config["deny_purge"]?.bool == true { differences.append("deny_purge is set") }
        return differences
    }
}
