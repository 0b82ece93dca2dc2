import Glibc

/// Where a ``JetStreamSpool`` lives, and how its streams are made.
///
/// A plain value; safe on any thread. Every process that shares a spool is to be given the same one, except for ``owner``:
/// what is there already and differs is a mistake that is reported at the start.
package struct JetStreamSpoolConfiguration: Sendable {
    /// The servers: `nats://host:port`, or `tls://host:port`. One that answers is enough to learn of the others.
    package var servers: [String]

    /// The servers' monitoring ports, `http://host:port`, where they are asked whether they sync before they acknowledge; without
    /// one they are asked over NATS, which their system account must allow.
    package var monitors: [String] = []

    /// Whether every server must sync before it acknowledges.
    package var requiresSync = true

    /// A file with a user's JWT and seed (`.creds`).
    package var credentialsFile: String?

    /// A user's name; with ``password``.
    package var user: String?

    /// That user's password.
    package var password: String?

    /// A token, for servers that know no users.
    package var token: String?

    /// The certificates that the servers' are checked against, as PEM; nil takes the system's. Asks for TLS.
    package var caFile: String?

    /// The certificate that this client shows, as PEM; with ``keyFile``. Asks for TLS.
    package var certificateFile: String?

    /// The key of ``certificateFile``, as PEM.
    package var keyFile: String?

    /// What the names of the streams and their subjects begin with: letters, digits, `_` and `-`.
    package var name = "hydra"

    /// Into how many partitions the queue is cut, 1 to 256. Fixed when the streams are made: it says which lane is where.
    package var partitions = 8

    /// How many servers keep each message: 1, 3 or 5.
    package var replicas = 3

    /// The most that all call streams hold together, in bytes on one server; above it calls are refused.
    package var maximumBytes: Int64 = 10 << 30

    /// How long a message id is remembered.
    package var dedupeWindow: Duration = .seconds(48 * 3600)

    /// The most rejected events that are kept; beyond it the oldest make room.
    package var rejectedMaximum = 10_000

    /// Names this gateway to whoever asks who delivers a partition.
    package var owner: String

    /// The wall clock, in milliseconds since 1970 UTC.
    package var clock: @Sendable () -> Int64 = Self.systemClock

    package init(servers: [String]) {
        self.servers = servers
        self.owner = Self.defaultOwner
    }

    /// Whether the servers are spoken to by TLS only.
    var asksForTLS: Bool {
        self.caFile != nil || self.certificateFile != nil || self.servers.contains { $0.hasPrefix("tls://") }
    }

    private static let systemClock: @Sendable () -> Int64 = {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) &* 1000 &+ Int64(now.tv_nsec) / 1_000_000
    }

    private static var defaultOwner: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "unknown:\(getpid())" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "\(String(decoding: bytes, as: UTF8.self)):\(getpid())"
    }
}
