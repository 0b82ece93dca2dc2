internal import JSON

/// What the servers say about a stream.
///
/// A plain value; safe on any thread.
struct StreamState: Sendable, Equatable {
    var messages: UInt64 = 0
    var bytes: Int64 = 0
    var first: UInt64 = 0
    var last: UInt64 = 0
    var replicas = 1
    var leader: String?
    var replicasCurrent = 1
    /// The names of the servers that keep it; empty for a server without a cluster.
    var servers: [String] = []
    /// Messages of each subject, if they were asked for.
    var subjects: [String: Int] = [:]
    /// How many subjects there are.
    var subjectsTotal = 0

    init(_ document: JSONDocument) {
        let state = document.root["state"]
        func number(_ key: String) -> Int64 { state?[key: key]?.int64 ?? 0 }
        self.messages = UInt64(clamping: number("messages"))
        self.bytes = number("bytes")
        self.first = UInt64(clamping: number("first_seq"))
        self.last = UInt64(clamping: number("last_seq"))
        self.replicas = Int(clamping: document.root["config"]?["num_replicas"]?.int64 ?? 1)
        if let cluster = document.root["cluster"] {
            self.leader = cluster["leader"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            let followers = cluster["replicas"].map { Array($0.elements) } ?? []
            self.servers = ([self.leader] + followers.map { $0["name"]?.string }).compactMap { $0 }
            let current = followers.filter { $0["current"]?.bool == true && $0["offline"]?.bool != true }.count
            self.replicasCurrent = current + (self.leader == nil ? 0 : 1)
        }
        if let subjects = state?["subjects"], subjects.isObject {
            for member in subjects.members { self.subjects[member.key.string] = Int(clamping: member.value.int64 ?? 0) }
        }
        self.subjectsTotal = Int(clamping: document.root["total"]?.int64 ?? Int64(self.subjects.count))
    }
}
