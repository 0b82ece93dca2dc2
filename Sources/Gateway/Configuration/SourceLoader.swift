/// Reads the sources: names, keys in their three forms, and what goes with them. A value for one load.
struct SourceLoader {
    private(set) var reading: ConfigurationReading
    /// Where each write key was given first.
    private var owners: [Secret: String] = [:]
    private var hasInlineKey = false

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
        if self.hasInlineKey, self.reading.document.isReadableByAll {
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
        if let (key, place) = self.secret(prefix + "writeKey", .writeKey, isRequired: true) {
            source.writeKey = key
            if let owner = self.owners[key] {
                self.reading.add(
                    place,
                    prefix + "writeKey",
                    "is the write key of source \(owner) as well; every source needs its own"
                )
            } else {
                self.owners[key] = name
            }
        }
        if let (key, _) = self.secret(prefix + "apiKey", .apiKey, isRequired: true) {
            source.apiKey = key
        }
        source.webhookSecret = self.secret(prefix + "webhookSecret", .sharedSecret, isRequired: false)?.secret
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

    /// A secret that is given as it is (`key`), in a file (`keyFile`), or in an environment variable (`keyEnv`).
    ///
    /// The form from the strongest origin counts, so that a variable can replace what the file says in another form;
    /// two forms from one origin are a mistake.
    private mutating func secret(
        _ key: String,
        _ form: ValueForm<String>,
        isRequired: Bool
    ) -> (secret: Secret, place: ConfigurationMistake.Place)? {
        let forms = [key, key + "File", key + "Env"]
        let given = forms.compactMap { form in self.reading.text(form).map { (key: form, found: $0) } }
        let words = forms.compactMap { $0.split(separator: ".").last }.joined(separator: ", ")
        guard let strongest = given.map(\.found.origin).min() else {
            if isRequired, !forms.contains(where: { self.reading.isInFile($0) }) {
                self.reading.add(self.reading.placeInFile(key), key, "is missing; give one of \(words)")
            }
            return nil
        }
        let candidates = given.filter { $0.found.origin == strongest }
        guard let (chosen, found) = candidates.first, candidates.count == 1 else {
            if let (second, found) = candidates.last {
                self.reading.add(found.place, second, "is a second form of the same; give only one of \(words)")
            }
            return nil
        }
        let value: String?
        if chosen == forms[1] {
            value = self.contents(of: found, chosen)
        } else if chosen == forms[2] {
            value = self.variable(found, chosen)
        } else {
            self.hasInlineKey = self.hasInlineKey || found.origin == 2
            value = found.text
        }
        guard let value else { return nil }
        guard let secret = form.parse(value) else {
            let whose = chosen == key ? "the value" : "what \(found.text) holds"
            self.reading.add(found.place, chosen, "\(whose) is not allowed; \(form.allowed)")
            return nil
        }
        return (Secret(secret), found.place)
    }

    /// A secret's file without the line feed at its end.
    private mutating func contents(of found: ConfigurationReading.Found, _ key: String) -> String? {
        guard let path = self.reading.parse(found, key, .absolutePath) else { return nil }
        do throws(TextFile.Failure) {
            let file = try TextFile.readWithMode(path, limit: 64 << 10)
            if file.mode & 0o004 != 0 {
                self.reading.warn(
                    found.place,
                    key,
                    "\(path) can be read by every user of this machine; take that right away (chmod 640)"
                )
            }
            let text = String(file.text.reversed().drop { $0.isNewline }.reversed())
            if text.isEmpty { self.reading.add(found.place, key, "\(path) is empty; put the key into it") }
            return text.isEmpty ? nil : text
        } catch {
            self.reading.add(found.place, key, "\(path) \(error.message)")
            return nil
        }
    }

    /// A secret from the variable that a setting names.
    private mutating func variable(_ found: ConfigurationReading.Found, _ key: String) -> String? {
        guard let name = self.reading.parse(found, key, .variable) else { return nil }
        self.reading.name(variable: name)
        guard let value = self.reading.environment[name], !value.isEmpty else {
            self.reading.add(found.place, key, "the environment variable \(name) is not set")
            return nil
        }
        return value
    }
}
