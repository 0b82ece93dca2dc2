internal import JSON

/// What a server says of itself: its version, and whether it syncs its files before it acknowledges a message.
///
/// A plain value; safe on any thread.
struct ServerReport: Sendable, Equatable {
    let name: String
    let version: ServerVersion?
    let syncsAlways: Bool

    init(name: String, version: ServerVersion?, syncsAlways: Bool) {
        self.name = name
        self.version = version
        self.syncsAlways = syncsAlways
    }

    /// From the answer of a monitoring port to `/varz`.
    init?(monitor document: JSONDocument) {
        let root = document.root
        self.init(name: root["server_name"], version: root["version"], config: root["jetstream"]?["config"])
    }

    /// From the answer of the system account's service `$SYS.REQ.SERVER.PING.JSZ`.
    init?(system document: JSONDocument) {
        let server = document.root["server"]
        self.init(name: server?["name"], version: server?["ver"], config: document.root["data"]?["config"])
    }

    /// nil also for a server that keeps no streams.
    private init?(name: JSONValue?, version: JSONValue?, config: JSONValue?) {
        guard let name = name?.string, let config, config.isObject, config["store_dir"] != nil else { return nil }
        self.init(
            name: name,
            version: version?.string.flatMap { ServerVersion($0) },
            syncsAlways: config["sync_always"]?.bool ?? false
        )
    }
}
