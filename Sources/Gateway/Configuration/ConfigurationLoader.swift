import Segment

/// Reads every setting into a configuration and checks what belongs together. A value for one load.
struct ConfigurationLoader {
    private var reading: ConfigurationReading
    private var configuration = GatewayConfiguration()

    init(document: ConfigurationDocument, flags: [String: String], environment: [String: String]) {
        self.reading = ConfigurationReading(document: document, flags: flags, environment: environment)
    }

    /// Every setting that was asked for, by path.
    var known: Set<[String]> { self.reading.known }

    mutating func load() throws(ConfigurationError) -> GatewayConfiguration {
        self.loadListening()
        self.loadLimits()
        self.loadSpool()
        self.loadHydra()
        self.loadDelivery()
        self.loadRest()
        var sources = SourceLoader(reading: self.reading)
        self.configuration.sources = sources.load()
        self.reading = sources.reading
        self.reading.checkUnknown()
        guard self.reading.mistakes.isEmpty else {
            // A stable order: mistakes of one line stay in the order in which they were found.
            let sorted = self.reading.mistakes.enumerated().sorted { left, right in
                if ConfigurationMistake.isOrdered(left.element, before: right.element) { return true }
                return !ConfigurationMistake.isOrdered(right.element, before: left.element)
                    && left.offset < right.offset
            }
            throw ConfigurationError(mistakes: sorted.map(\.element))
        }
        self.configuration.warnings = self.reading.warnings
        self.configuration.files = self.reading.files
        return self.configuration
    }

    private mutating func loadListening() {
        self.reading.set(&self.configuration.socket.mode, "socket.mode", .mode)
        if self.configuration.socket.mode & 0o007 != 0 {
            self.reading.warn(
                self.reading.placeInFile("socket.mode"),
                "socket.mode",
                "lets every user of this machine open the socket; allowedUsers alone keeps them out"
            )
        }
        self.reading.set(&self.configuration.socket.owner, "socket.owner", .user)
        self.reading.set(&self.configuration.socket.group, "socket.group", .group)
        let allow = self.reading.set(&self.configuration.allowNonLoopback, "allowNonLoopback", .flag)
        self.reading.set(&self.configuration.responder, "responder", .responder)
        self.reading.set(&self.configuration.workers, "workers", .count(1...256))
        if let users = self.reading.list("allowedUsers"), !users.isEmpty {
            self.configuration.allowedUsers = Set(
                users.compactMap { self.reading.parse($0, "allowedUsers", .userID) }
            )
        }
        self.reading.set(&self.configuration.allowedPeers, "allowedPeers", .address)

        if let allow, self.configuration.allowNonLoopback, self.configuration.allowedPeers.isEmpty {
            self.reading.add(allow.place, "allowNonLoopback", "needs allowedPeers: the addresses that may connect")
        }

        let mistakes = self.reading.mistakes.count
        guard let elements = self.reading.list("listen") else { return }
        var listen: [ListenSetting] = []
        for element in elements {
            guard let setting = self.reading.parse(element, "listen", .listen) else { continue }
            if listen.contains(setting) {
                self.reading.add(element.place, "listen", "\(setting) stands twice")
            } else if !setting.isLocal, !self.configuration.allowNonLoopback {
                self.reading.add(
                    element.place,
                    "listen",
                    "\(setting) is open to other machines; use 127.0.0.1, or set allowNonLoopback: true and name who "
                        + "may connect in allowedPeers"
                )
            }
            listen.append(setting)
        }
        if elements.isEmpty, self.reading.mistakes.count == mistakes {
            self.reading.add(
                self.reading.placeInFile("listen"),
                "listen",
                "is empty; name at least one address, or leave it out"
            )
        }
        self.configuration.listen = listen
    }

    private mutating func loadLimits() {
        self.reading.set(&self.configuration.limits.connections, "limits.connections", .count(1...1_000_000))
        self.reading.set(
            &self.configuration.limits.parameterBytes,
            "limits.parameterBytes",
            .size((4 << 10)...(1 << 20))
        )
        let request = self.reading.set(
            &self.configuration.limits.requestBytes,
            "limits.requestBytes",
            .size((1 << 10)...(256 << 20))
        )
        let event = self.reading.set(
            &self.configuration.limits.eventBytes,
            "limits.eventBytes",
            .size((1 << 10)...Int64(SegmentLimits.largestEventBytes))
        )
        let batch = self.reading.set(
            &self.configuration.limits.batchBytes,
            "limits.batchBytes",
            .size((1 << 10)...(256 << 20))
        )
        self.reading.set(&self.configuration.limits.batchEvents, "limits.batchEvents", .count(1...1_000_000))
        self.reading.set(&self.configuration.limits.depth, "limits.depth", .count(8...SegmentLimits.largestDepth))
        self.reading.set(
            &self.configuration.limits.identifierBytes,
            "limits.identifierBytes",
            .count(64...SegmentLimits.largestIdentifierBytes)
        )
        let timeout = ValueForm<Duration>.duration(.milliseconds(100)...(.seconds(600)))
        self.reading.set(&self.configuration.limits.readTimeout, "limits.readTimeout", timeout)
        self.reading.set(&self.configuration.limits.writeTimeout, "limits.writeTimeout", timeout)
        self.reading.set(&self.configuration.limits.requestTimeout, "limits.requestTimeout", timeout)
        let limits = self.configuration.limits
        if limits.eventBytes > limits.batchBytes, let place = (event ?? batch)?.place {
            self.reading.add(
                place,
                event == nil ? "limits.batchBytes" : "limits.eventBytes",
                "an event of \(SizeText.format(Int64(limits.eventBytes))) does not fit into a batch of "
                    + "\(SizeText.format(Int64(limits.batchBytes))); eventBytes must not exceed batchBytes"
            )
        }
        if limits.batchBytes > limits.requestBytes, let place = (request ?? batch)?.place {
            self.reading.add(
                place,
                request == nil ? "limits.batchBytes" : "limits.requestBytes",
                "a batch of \(SizeText.format(Int64(limits.batchBytes))) does not fit into a request of "
                    + "\(SizeText.format(Int64(limits.requestBytes))); batchBytes must not exceed requestBytes"
            )
        }
    }

    private mutating func loadSpool() {
        self.reading.set(&self.configuration.spool.directory, "spool.directory", .absolutePath)
        self.reading.set(&self.configuration.spool.maximumBytes, "spool.maximumBytes", .size((16 << 20)...(1 << 44)))
        let free = self.reading.set(
            &self.configuration.spool.minimumFreeBytes,
            "spool.minimumFreeBytes",
            .size(0...(1 << 44))
        )
        self.reading.set(
            &self.configuration.spool.deduplicationWindow,
            "spool.deduplicationWindow",
            .duration(.seconds(60)...(.seconds(30 * 86_400)))
        )
        let ids = self.reading.set(
            &self.configuration.spool.deduplicationMaximum,
            "spool.deduplicationMaximum",
            .count(1000...1_000_000_000)
        )
        self.reading.set(&self.configuration.spool.rejectedMaximum, "spool.rejectedMaximum", .count(0...10_000_000))
        var jetStream = JetStreamLoader(reading: self.reading)
        self.configuration.spool.jetStream = jetStream.load()
        self.reading = jetStream.reading
        guard self.configuration.spool.jetStream != nil else { return }
        for (key, found) in [("spool.minimumFreeBytes", free), ("spool.deduplicationMaximum", ids)] {
            guard let found else { continue }
            self.reading.warn(found.place, key, "has no effect with spool.url: it is for a spool in files")
        }
    }

    private mutating func loadHydra() {
        if let found = self.reading.set(&self.configuration.hydra.url, "hydra.url", .url) {
            self.reading.warnOfClearText(self.configuration.hydra.url, found, "hydra.url")
        }
        if let found = self.reading.set(&self.configuration.hydra.caFile, "hydra.caFile", .absolutePath) {
            self.reading.checkPEM(found, "hydra.caFile", "CERTIFICATE")
        }
        self.reading.set(
            &self.configuration.hydra.connectTimeout,
            "hydra.connectTimeout",
            .duration(.milliseconds(100)...(.seconds(60)))
        )
        self.reading.set(
            &self.configuration.hydra.timeout,
            "hydra.timeout",
            .duration(.milliseconds(100)...(.seconds(600)))
        )
        self.reading.set(&self.configuration.hydra.connections, "hydra.connections", .count(1...1024))
    }

    private mutating func loadDelivery() {
        self.reading.set(&self.configuration.delivery.enabled, "delivery.enabled", .flag)
        self.reading.set(&self.configuration.delivery.batch, "delivery.batch", .flag)
        self.reading.set(&self.configuration.delivery.maximumBatch, "delivery.maximumBatch", .count(1...500))
        self.reading.set(&self.configuration.delivery.concurrency, "delivery.concurrency", .count(1...1024))
        let pause = ValueForm<Duration>.duration(.milliseconds(10)...(.seconds(86_400)))
        let base = self.reading.set(&self.configuration.delivery.retryBase, "delivery.retryBase", pause)
        let cap = self.reading.set(&self.configuration.delivery.retryCap, "delivery.retryCap", pause)
        self.reading.set(
            &self.configuration.delivery.retryFor,
            "delivery.retryFor",
            .duration(.seconds(1)...(.seconds(30 * 86_400)))
        )
        self.reading.set(
            &self.configuration.delivery.probeInterval,
            "delivery.probeInterval",
            .duration(.seconds(1)...(.seconds(3600)))
        )
        self.reading.set(&self.configuration.delivery.breakerFailures, "delivery.breakerFailures", .count(1...1000))
        let delivery = self.configuration.delivery
        if delivery.retryBase > delivery.retryCap, let place = (base ?? cap)?.place {
            self.reading.add(
                place,
                base == nil ? "delivery.retryCap" : "delivery.retryBase",
                "retryBase (\(DurationText.format(delivery.retryBase))) must not exceed retryCap "
                    + "(\(DurationText.format(delivery.retryCap)))"
            )
        }
    }

    private mutating func loadRest() {
        self.loadLog()
        self.reading.set(&self.configuration.admin.enabled, "admin.enabled", .flag)
        self.reading.set(&self.configuration.admin.allowedAddresses, "admin.allowedAddresses", .addressOrAll)
        self.reading.set(
            &self.configuration.admin.figuresInterval,
            "admin.figuresInterval",
            .duration(.milliseconds(100)...(.seconds(60)))
        )
        self.reading.set(&self.configuration.publicHost, "publicHost", .publicHost)
        self.reading.set(
            &self.configuration.shutdownTimeout,
            "shutdownTimeout",
            .duration(.seconds(1)...(.seconds(300)))
        )
    }

    private mutating func loadLog() {
        self.reading.set(&self.configuration.log.level, "log.level", .level)
        guard let file = self.reading.text("log.file"), file.text != "-" else { return }
        let form = ValueForm<String>("use \"-\" for standard error or an absolute path") { text in
            text.hasPrefix("/") && !text.hasSuffix("/") && !text.contains("\0") ? text : nil
        }
        guard let path = self.reading.parse(file, "log.file", form) else { return }
        let directory = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        if !directory.isEmpty, !TextFile.isDirectory(String(directory)) {
            self.reading.add(file.place, "log.file", "the directory \(directory) does not exist; make it first")
        }
        self.configuration.log.file = path
    }
}

extension ConfigurationReading {
    /// Notes what is wrong with a PEM file: that it cannot be read, or holds nothing of the kind.
    ///
    /// - Returns: the file's permission bits; nil after a mistake.
    @discardableResult
    mutating func checkPEM(_ found: Found, _ key: String, _ kind: String) -> UInt32? {
        self.note(file: found.text)
        do throws(TextFile.Failure) {
            let file = try TextFile.readWithMode(found.text, limit: 4 << 20)
            if file.text.contains("\(kind)-----") { return file.mode }
            self.add(found.place, key, "\(found.text) holds no PEM \(kind.lowercased())")
        } catch {
            self.add(found.place, key, "\(found.text) \(error.message)")
        }
        return nil
    }

    /// An API key must not travel to another machine in clear text without somebody having been told.
    mutating func warnOfClearText(_ url: String, _ found: Found, _ key: String) {
        guard let address = WebAddress(url: url), !address.isSecure, !address.isLocal else { return }
        self.warn(found.place, key, "sends the API key and all events unencrypted to another machine; use https")
    }
}
