internal import CNATS
internal import Glibc
internal import Spool

/// Owns libnats' options of a connection.
///
/// Used by the thread that makes it, before the connection takes a copy.
@safe
final class NATSOptions {
    let pointer: OpaquePointer

    /// - Parameter last: the address of a server that is asked after all others; nil asks them in any order.
    init(_ configuration: JetStreamSpoolConfiguration, last: String? = nil) throws(SpoolError) {
        var pointer: OpaquePointer?
        guard unsafe natsOptions_Create(&pointer) == NATS_OK, let pointer = unsafe pointer else {
            throw .misconfigured("libnats could not make its options: out of memory.")
        }
        unsafe self.pointer = pointer
        try self.set(configuration, last: last)
    }

    deinit {
        unsafe natsOptions_Destroy(self.pointer)
    }

    /// The servers, that of the address `last` behind the others.
    static func order(_ servers: [String], last: String?) -> [String] {
        guard let last = last.map(Self.address) else { return servers }
        return servers.filter { Self.address($0) != last } + servers.filter { Self.address($0) == last }
    }

    /// `host:port` of a URL.
    private static func address(_ url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let address = rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
        return address.contains(":") && !address.hasSuffix("]") ? String(address) : "\(address):4222"
    }

    private func set(_ configuration: JetStreamSpoolConfiguration, last: String?) throws(SpoolError) {
        guard !configuration.servers.isEmpty else { throw .misconfigured("No NATS server is named.") }
        let options = unsafe self.pointer
        var servers: [UnsafePointer<CChar>?] = unsafe Self.order(configuration.servers, last: last).map {
            unsafe UnsafePointer(strdup($0))
        }
        defer {
            for index in unsafe servers.indices { unsafe free(UnsafeMutablePointer(mutating: servers[index])) }
        }
        try Self.check(
            "the servers \(configuration.servers.map(NATSConnection.withoutSecrets).joined(separator: ", "))",
            unsafe natsOptions_SetServers(options, &servers, Int32(clamping: servers.count))
        )
        if last != nil { try Self.check("the order of servers", unsafe natsOptions_SetNoRandomize(options, true)) }
        try Self.check("the name", unsafe natsOptions_SetName(options, "hydra-gateway \(configuration.owner)"))
        try Self.check("the timeout", unsafe natsOptions_SetTimeout(options, 5000))
        // Forever: the spool refuses meanwhile and goes on by itself.
        try Self.check("reconnecting", unsafe natsOptions_SetMaxReconnect(options, -1))
        try Self.check("reconnecting", unsafe natsOptions_SetReconnectWait(options, 250))
        try Self.check("reconnecting", unsafe natsOptions_SetReconnectJitter(options, 250, 250))
        // A server that is stopped or cut off keeps its connection: 4 to 6 seconds until another one is taken.
        try Self.check("pings", unsafe natsOptions_SetPingInterval(options, 2000))
        try Self.check("pings", unsafe natsOptions_SetMaxPingsOut(options, 2))
        try Self.check("writing", unsafe natsOptions_SetWriteDeadline(options, 3000))
        // A few threads for all subscriptions, rather than one for each of them: partitions have several.
        nats_SetMessageDeliveryPoolSize(4)
        try Self.check("threads", unsafe natsOptions_UseGlobalMessageDelivery(options, true))
        try self.setCredentials(configuration)
        try self.setTLS(configuration)
    }

    private func setCredentials(_ configuration: JetStreamSpoolConfiguration) throws(SpoolError) {
        let options = unsafe self.pointer
        if let file = configuration.credentialsFile {
            try Self.check(
                "the credentials file \(file)",
                unsafe natsOptions_SetUserCredentialsFromFiles(options, file, nil)
            )
        }
        if let user = configuration.user {
            try Self.check("the user", unsafe natsOptions_SetUserInfo(options, user, configuration.password ?? ""))
        }
        if let token = configuration.token {
            try Self.check("the token", unsafe natsOptions_SetToken(options, token))
        }
    }

    private func setTLS(_ configuration: JetStreamSpoolConfiguration) throws(SpoolError) {
        let options = unsafe self.pointer
        guard configuration.asksForTLS else { return }
        try Self.check("TLS", unsafe natsOptions_SetSecure(options, true))
        if let file = configuration.caFile {
            try Self.check(
                "the certificates in \(file)",
                unsafe natsOptions_LoadCATrustedCertificates(options, file)
            )
        }
        if let file = configuration.certificateFile {
            guard let key = configuration.keyFile else {
                throw .misconfigured("The certificate \(file) has no key file.")
            }
            try Self.check(
                "the certificate \(file) with the key \(key)",
                unsafe natsOptions_LoadCertificatesChain(options, file, key)
            )
        }
    }

    private static func check(_ what: String, _ status: natsStatus) throws(SpoolError) {
        guard status != NATS_OK else { return }
        throw .misconfigured("libnats does not take \(what): \(NATSConnection.lastText(of: status)).")
    }
}
