/// Everything an administrator can set, read once, checked, and unchanged from then on.
///
/// Flags win over environment variables (`HYDRA_GATEWAY_…`), these over the YAML file, that over the defaults, which
/// stand at the properties. A reload makes a new value; ``difference(from:)`` says what of it takes effect at once. Keys
/// are ``Secret``s, so that printing a configuration shows none. A value; any thread.
package struct GatewayConfiguration: Equatable, Sendable {
    /// Where the gateway listens; one Unix socket by default.
    package internal(set) var listen: [ListenSetting] = [.unix(path: "/run/hydra-gateway/gateway-1.sock")]
    package internal(set) var socket = SocketSettings()
    /// Allows TCP beyond this machine; `allowedPeers` must then name who may connect.
    package internal(set) var allowNonLoopback = false
    /// This responder's name in metrics and status; nil takes the process id. Responders on one spool need different
    /// ones.
    package internal(set) var responder: String?
    /// Threads that read and answer requests, 4. They never wait for the disk, so a few are enough.
    package internal(set) var workers = 4
    /// Numbers of the users whose processes may connect to a Unix socket; nil for this process' own user, root and
    /// www-data.
    package internal(set) var allowedUsers: Set<UInt32>?
    /// IP addresses that may connect over TCP; empty for this machine.
    package internal(set) var allowedPeers: [String] = []
    package internal(set) var limits = LimitSettings()
    package internal(set) var spool = SpoolSettings()
    package internal(set) var hydra = HydraSettings()
    package internal(set) var delivery = DeliverySettings()
    package internal(set) var log = LogSettings()
    package internal(set) var admin = AdminSettings()
    /// Host, with port and path if need be, that the settings document gives to browser and mobile SDKs as `apiHost`;
    /// nil takes the request's Host.
    package internal(set) var publicHost: String?
    /// From SIGTERM to the end, 10 s: answer what is in flight and commit.
    package internal(set) var shutdownTimeout: Duration = .seconds(10)
    /// By name, in the file's order.
    package internal(set) var sources: [SourceSettings] = []
    /// What is not forbidden but should be looked at, such as a key file that others can read.
    package internal(set) var warnings: [ConfigurationMistake] = []

    /// Files that settings name and whose contents count, keys and certificates: when one changes, a reload is due.
    package internal(set) var files: Set<String> = []

    /// All defaults and no source.
    init() {}

    /// Reads and checks the configuration. Blocks on files; call it at start and at SIGHUP.
    ///
    /// - Parameters:
    ///   - file: the YAML file, named in the mistakes as it is given here; nil for none.
    ///   - flags: settings from the command line by key (`log.level`); lists are separated by commas.
    ///   - environment: the process' environment; `HYDRA_GATEWAY_LOG_LEVEL` is `log.level`, and
    ///     `HYDRA_GATEWAY_SOURCES=web,app` names sources that the file does not have.
    /// - Throws: every mistake at once.
    package static func load(
        file: String?,
        flags: [String: String] = [:],
        environment: [String: String] = [:]
    ) throws(ConfigurationError) -> GatewayConfiguration {
        var document = ConfigurationDocument.empty
        if let file {
            document = try ConfigurationDocument(reading: file)
        }
        return try self.load(document: document, flags: flags, environment: environment)
    }

    /// The same for a file's text that is already there.
    package static func load(
        text: String,
        name: String,
        flags: [String: String] = [:],
        environment: [String: String] = [:]
    ) throws(ConfigurationError) -> GatewayConfiguration {
        try self.load(
            document: ConfigurationDocument(parsing: text, name: name),
            flags: flags,
            environment: environment
        )
    }

    private static func load(
        document: ConfigurationDocument,
        flags: [String: String],
        environment: [String: String]
    ) throws(ConfigurationError) -> GatewayConfiguration {
        var loader = ConfigurationLoader(document: document, flags: flags, environment: environment)
        return try loader.load()
    }
}
