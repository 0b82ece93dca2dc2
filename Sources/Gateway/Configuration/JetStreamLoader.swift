/// Reads where in NATS JetStream the spool is: servers, how to log in, streams. A value for one load.
struct JetStreamLoader {
    private(set) var reading: ConfigurationReading

    /// What has a meaning with `spool.url` only.
    private static let keys = [
        "credentialsFile", "user", "password", "passwordFile", "passwordEnv", "token", "tokenFile", "tokenEnv",
        "caFile", "certificateFile", "keyFile", "name", "partitions", "replicas", "monitor", "requireSync",
    ]

    init(reading: ConfigurationReading) {
        self.reading = reading
    }

    /// nil for a spool in files, and after a mistake in the address.
    mutating func load() -> JetStreamSettings? {
        let mistakes = self.reading.mistakes.count
        let address = self.address()
        var settings = JetStreamSettings(servers: address?.servers ?? [])
        self.loadStreams(&settings)
        self.loadSync(&settings)
        self.loadUser(&settings)
        self.loadFiles(&settings, address)
        guard let address else {
            if self.reading.mistakes.count == mistakes { self.refuseWithoutAddress() }
            return nil
        }
        self.warnOfClearText(address, settings)
        return settings
    }

    // MARK: Servers

    private struct Address {
        var servers: [String]
        var isSecure: Bool
        var isLocal: Bool
        let place: ConfigurationMistake.Place
        /// The setting that holds it.
        let key: String
    }

    /// The servers from `spool.url`, or from `spool` itself where that is one value and no group.
    private mutating func address() -> Address? {
        let long = self.reading.text("spool.url").map { (key: "spool.url", found: $0) }
        var short: (key: String, found: ConfigurationReading.Found)?
        if case .scalar? = self.reading.document.entries[["spool"]]?.content {
            short = self.reading.text("spool").map { (key: "spool", found: $0) }
        }
        let given = [long, short].compactMap { $0 }.min { $0.found.origin < $1.found.origin }
        guard let (key, found) = given else { return nil }
        var result = Address(servers: [], isSecure: false, isLocal: true, place: found.place, key: key)
        let allowed = "use nats:// or tls:// with one or several servers, such as nats://a:4222,b:4222,c:4222"
        if found.text.contains("@") {
            // Not shown: what stands before it may be a password.
            self.reading.add(
                found.place,
                key,
                "must not hold a user and a password; put them into spool.user and spool.password (or passwordFile, "
                    + "passwordEnv)"
            )
            return nil
        }
        var schemes: Set<String> = []
        for part in found.text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let (scheme, host) = Self.scheme(of: part, otherwise: schemes.first),
                let server = WebAddress(url: "http://" + host), server.path.isEmpty, !host.hasSuffix("/")
            else {
                let form = ValueForm<String>(allowed) { _ in nil }
                _ = self.reading.parse(found, key, form)
                return nil
            }
            schemes.insert(scheme)
            let name = server.host.contains(":") ? "[\(server.host)]" : server.host
            let text = "\(scheme)://\(name):\(server.port ?? 4222)"
            if result.servers.contains(text) {
                self.reading.add(found.place, key, "\(text) stands twice")
                return nil
            }
            result.servers.append(text)
            result.isLocal = result.isLocal && server.isLocal
        }
        if schemes.count > 1 {
            self.reading.add(found.place, key, "mixes nats:// and tls://; use one of them for all servers")
            return nil
        }
        result.isSecure = schemes.contains("tls")
        return result
    }

    /// A server's scheme and the rest; without a scheme of its own it has that of those before it.
    private static func scheme(of text: Substring, otherwise: String?) -> (String, Substring)? {
        for scheme in ["nats", "tls"] where text.lowercased().hasPrefix(scheme + "://") {
            return (scheme, text.dropFirst(scheme.count + 3))
        }
        guard let otherwise, !text.contains("://") else { return nil }
        return (otherwise, text)
    }

    private mutating func refuseWithoutAddress() {
        for key in Self.keys {
            let key = "spool.\(key)"
            guard let found = self.reading.text(key) else { continue }
            self.reading.add(
                found.place,
                key,
                "needs spool.url, such as nats://a:4222,b:4222,c:4222; without it the spool is files in spool.directory"
            )
        }
    }

    // MARK: Settings

    private mutating func loadStreams(_ settings: inout JetStreamSettings) {
        self.reading.set(&settings.name, "spool.name", .natsName)
        self.reading.set(&settings.partitions, "spool.partitions", .count(1...64))
        let replicas = ValueForm<Int>("use 1, 3 or 5") { text in
            Int(text).flatMap { [1, 3, 5].contains($0) ? $0 : nil }
        }
        if let found = self.reading.set(&settings.replicas, "spool.replicas", replicas), settings.replicas == 1 {
            self.reading.warn(found.place, "spool.replicas", "keeps each call on one server: what that loses is lost")
        }
    }

    private mutating func loadSync(_ settings: inout JetStreamSettings) {
        let ports = ValueForm<[String]>("use http:// with one or several ports, such as http://a:8222,b:8222,c:8222") {
            text in
            guard text.hasPrefix("http://") else { return nil }
            var ports: [String] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let host = part.hasPrefix("http://") ? part.dropFirst(7) : part
                guard !host.contains("://"), !host.contains("@"), let server = WebAddress(url: "http://" + host),
                    server.path.isEmpty, !host.hasSuffix("/")
                else { return nil }
                let name = server.host.contains(":") ? "[\(server.host)]" : server.host
                ports.append("http://\(name):\(server.port ?? 8222)")
            }
            return ports
        }
        self.reading.set(&settings.monitors, "spool.monitor", ports)
        self.reading.set(&settings.requiresSync, "spool.requireSync", .flag)
    }

    private mutating func loadUser(_ settings: inout JetStreamSettings) {
        let credentials = self.reading.set(&settings.credentialsFile, "spool.credentialsFile", .absolutePath)
        if let credentials { self.checkCredentials(credentials) }
        let user = self.reading.set(&settings.user, "spool.user", .natsUser)
        let password = self.reading.secret("spool.password", .sharedSecret, isRequired: false)
        let token = self.reading.secret("spool.token", .sharedSecret, isRequired: false)
        settings.password = password?.secret
        settings.token = token?.secret
        if let password, user == nil, !self.reading.isInFile("spool.user") {
            self.reading.add(password.place, "spool.password", "needs spool.user")
        }
        let hasPassword = ["password", "passwordFile", "passwordEnv"].contains { self.reading.isInFile("spool.\($0)") }
        if let user, password == nil, !hasPassword {
            self.reading.add(user.place, "spool.user", "needs one of password, passwordFile, passwordEnv")
        }
        let ways = [
            ("spool.credentialsFile", credentials?.place), ("spool.user", user?.place), ("spool.token", token?.place),
        ].compactMap { key, place in place.map { (key, $0) } }
        if let (key, place) = ways.dropFirst().first {
            self.reading.add(place, key, "is a second way to log in; give only one of credentialsFile, user, token")
        }
    }

    private mutating func checkCredentials(_ found: ConfigurationReading.Found) {
        do throws(TextFile.Failure) {
            let file = try TextFile.readWithMode(found.text, limit: 64 << 10)
            if !file.text.contains("-----BEGIN NATS USER JWT-----") {
                self.reading.add(
                    found.place,
                    "spool.credentialsFile",
                    "\(found.text) holds no credentials; use the .creds file of a user, as nsc makes it"
                )
            }
            self.warnOfReaders(found, "spool.credentialsFile", file.mode)
        } catch {
            self.reading.add(found.place, "spool.credentialsFile", "\(found.text) \(error.message)")
        }
    }

    private mutating func loadFiles(_ settings: inout JetStreamSettings, _ address: Address?) {
        let authority = self.reading.set(&settings.caFile, "spool.caFile", .absolutePath)
        let certificate = self.reading.set(&settings.certificateFile, "spool.certificateFile", .absolutePath)
        let key = self.reading.set(&settings.keyFile, "spool.keyFile", .absolutePath)
        if let authority { self.reading.checkPEM(authority, "spool.caFile", "CERTIFICATE") }
        if let certificate { self.reading.checkPEM(certificate, "spool.certificateFile", "CERTIFICATE") }
        if let key, let mode = self.reading.checkPEM(key, "spool.keyFile", "PRIVATE KEY") {
            self.warnOfReaders(key, "spool.keyFile", mode)
        }
        if let certificate, key == nil, !self.reading.isInFile("spool.keyFile") {
            self.reading.add(certificate.place, "spool.certificateFile", "needs spool.keyFile")
        }
        if let key, certificate == nil, !self.reading.isInFile("spool.certificateFile") {
            self.reading.add(key.place, "spool.keyFile", "needs spool.certificateFile")
        }
        guard let address, !address.isSecure else { return }
        for (name, found) in [
            ("spool.caFile", authority), ("spool.certificateFile", certificate), ("spool.keyFile", key),
        ] {
            guard let found else { continue }
            self.reading.add(found.place, name, "needs tls:// in \(address.key)")
        }
    }

    private mutating func warnOfReaders(_ found: ConfigurationReading.Found, _ key: String, _ mode: UInt32) {
        guard mode & 0o004 != 0 else { return }
        self.reading.warn(
            found.place,
            key,
            "\(found.text) can be read by every user of this machine; take that right away (chmod 640)"
        )
    }

    private mutating func warnOfClearText(_ address: Address, _ settings: JetStreamSettings) {
        guard !address.isSecure, !address.isLocal else { return }
        let hasSecret = settings.password != nil || settings.token != nil
        self.reading.warn(
            address.place,
            address.key,
            "sends \(hasSecret ? "the password and all events" : "all events") unencrypted to other machines; use tls"
        )
    }
}
