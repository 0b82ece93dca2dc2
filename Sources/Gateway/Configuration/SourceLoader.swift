/// Reads the sources: names, keys in their three forms, and what goes with them. A value for one load.
struct SourceLoader {
    private(set) var reading: ConfigurationReading
    /// Where each write key was given first.
    private var owners: [Secret: String] = [:]

    init(reading: ConfigurationReading) {
        self.reading = reading
    }

    mutating func load() -> [SourceSettings] {
        var names: [String] = []
        for name in self.reading.document.children(["sources"]) where self.isUsable(name) {
            names.append(name)
        }
        switch self.reading.document.entries[["sources"]]?.content {
        case .scalar, .list:
            self.reading.skip(path: ["sources"])
            self.reading.add(
                self.reading.placeInFile("sources"),
                "sources",
                "must be a group: a name for each source, its settings below"
            )
            return []
        case .section, .null, nil:
            // A list from the environment or a flag names further sources, for a gateway without a file.
            self.addNames(to: &names)
        }
        if names.isEmpty, self.reading.document.children(["sources"]).isEmpty {
            self.reading.skip(path: ["sources"])
            self.reading.add(
                self.reading.placeInFile("sources"),
                "sources",
                "there is none; name at least one source with its writeKey and apiKey"
            )
        }
        let sources = names.map { self.source($0) }
        if self.reading.hasInlineSecret, self.reading.document.isReadableByAll {
            self.reading.warn(
                self.reading.placeInFile(""),
                "",
                "holds keys and can be read by every user of this machine; take that right away (chmod 640)"
            )
        }
        return sources
    }

    private mutating func addNames(to names: inout [String]) {
        for element in self.reading.names("sources") {
            guard let name = self.reading.parse(element, "sources", .sourceName), !names.contains(name) else {
                continue
            }
            names.append(name)
        }
    }

    /// Checks a name of the file, and that there are settings below it.
    private mutating func isUsable(_ name: String) -> Bool {
        let path = ["sources", name]
        let key = SettingName.key(path)
        let place = self.reading.place(ofKey: path)
        guard ValueForm<String>.sourceName.parse(name) != nil else {
            self.reading.skip(path: path)
            self.reading.add(place, key, "is not allowed as a name; \(ValueForm<String>.sourceName.allowed)")
            return false
        }
        switch self.reading.document.entries[path]?.content {
        case .scalar, .list:
            self.reading.skip(path: path)
            self.reading.add(place, key, "must be a group of settings, each on a line of its own below it")
            return false
        case .section, .null, nil:
            return true
        }
    }

    private mutating func source(_ name: String) -> SourceSettings {
        let prefix = "sources.\(name)."
        var source = SourceSettings(name: name)
        self.readWriteKeys(of: &source, prefix)
        if let (key, _) = self.reading.secret(prefix + "apiKey", .apiKey, isRequired: true) {
            source.apiKey = key
        }
        source.webhookSecret = self.reading.secret(prefix + "webhookSecret", .sharedSecret, isRequired: false)?.secret
        self.reading.set(&source.enabled, prefix + "enabled", .flag)
        self.reading.set(&source.allowedOrigins, prefix + "allowedOrigins", .origin)
        self.reading.set(&source.allowEvents, prefix + "allowEvents", .eventName)
        self.reading.set(&source.denyEvents, prefix + "denyEvents", .eventName)
        self.reading.set(&source.ipPolicy, prefix + "ipPolicy", .choice)
        if let found = self.reading.set(&source.hydraURL, prefix + "hydraUrl", .url), let url = source.hydraURL {
            self.reading.warnOfClearText(url, found, prefix + "hydraUrl")
        }
        return source
    }

    /// The key of `writeKey` in one of its forms, a file may have several, and those of the list `writeKeys`.
    private mutating func readWriteKeys(of source: inout SourceSettings, _ prefix: String) {
        let further = self.reading.secrets(prefix + "writeKeys", .writeKey)
        let first = self.reading.secrets(prefix + "writeKey", .writeKey, isRequired: further.isEmpty)
        for (key, place, setting) in first + further {
            if let owner = self.owners[key] {
                let whose = owner == source.name ? "stands twice" : "is a write key of source \(owner) as well"
                self.reading.add(place, setting, "\(whose); every source needs its own")
            } else {
                self.owners[key] = source.name
                source.writeKeys.append(key)
            }
        }
    }
}
