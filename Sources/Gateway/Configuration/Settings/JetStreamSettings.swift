/// The durable queue in NATS JetStream instead of files: for several gateways on several hosts. A value.
package struct JetStreamSettings: Equatable, Sendable {
    /// Addresses of the servers, each `nats://host:port` or `tls://host:port`; those of the cluster that are not named
    /// are learned from these.
    package internal(set) var servers: [String]
    /// The servers' monitoring ports, each `http://host:port`: there they say whether they sync before they acknowledge. Without
    /// them they are asked over NATS, for which this account must import the service `$SYS.REQ.SERVER.PING.JSZ`.
    package internal(set) var monitors: [String] = []
    /// Whether the gateway starts only with servers that all sync before they acknowledge, true: a 200 says that the events
    /// are on disk. Where false, what was acknowledged may be lost with the power.
    package internal(set) var requiresSync = true
    /// A file with the user's JWT and seed, as `nsc` writes it; instead of user and password or a token.
    package internal(set) var credentialsFile: String?
    package internal(set) var user: String?
    package internal(set) var password: Secret?
    package internal(set) var token: Secret?
    /// PEM file with certificate authorities to trust instead of the system's.
    package internal(set) var caFile: String?
    /// PEM files with the certificate and the key that the gateway shows the servers.
    package internal(set) var certificateFile: String?
    package internal(set) var keyFile: String?
    /// What the streams and subjects begin with, `hydra`: several installations can share a cluster.
    package internal(set) var name = "hydra"
    /// Streams that the calls are spread over by user, 8: as many gateways can deliver at once. Fixed when they are made.
    package internal(set) var partitions = 8
    /// Servers that keep each call, 3: then one may fail at any time. A 200 means that most of them have it.
    package internal(set) var replicas = 3

    init(servers: [String]) {
        self.servers = servers
    }
}
