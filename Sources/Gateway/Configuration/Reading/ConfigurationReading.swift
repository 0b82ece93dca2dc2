import Configuration

/// Reads settings by key, notes where each came from, and gathers mistakes instead of stopping at the first.
///
/// Precedence is swift-configuration's: flags, then environment, then file. Texts and lists have a reader each, so that
/// a value of the wrong shape is a mistake with a line here rather than a silent default there. A value for one load.
struct ConfigurationReading {
    /// A setting's text and where it stands.
    struct Found {
        let text: String
        let place: ConfigurationMistake.Place
        /// 0 for a flag, 1 for the environment, 2 for the file.
        let origin: Int
    }

    let document: ConfigurationDocument
    let environment: [String: String]
    private(set) var mistakes: [ConfigurationMistake]
    private(set) var warnings: [ConfigurationMistake] = []

    /// Files that settings name and whose contents count: keys and certificates.
    private(set) var files: Set<String> = []
    /// A secret stands in the file itself.
    private(set) var hasInlineSecret = false

    private let flags: [String: String]
    private let texts: ConfigReader
    private let lists: ConfigReader
    private let recorder = OriginRecorder()
    /// Every setting that was asked for: what is not among them is unknown.
    private(set) var known: Set<[String]> = []
    /// Lists that share their name with a group of the file.
    private var listsBesideGroups: Set<[String]> = []
    /// Variables that a setting such as `writeKeyEnv` names.
    private var namedVariables = SettingName.otherVariables

    init(document: ConfigurationDocument, flags: [String: String], environment: [String: String]) {
        self.document = document
        self.flags = flags
        self.environment = environment
        self.mistakes = document.mistakes

        // An empty variable counts as not set: that is how many starters clear one.
        let variables = environment.filter { $0.key.hasPrefix(SettingName.environmentPrefix) && !$0.value.isEmpty }
        // Spelling a key as a variable is the most expensive part of a read: with thousands of sources and no variable at
        // all it is left out.
        let environmentProvider: any ConfigProvider =
            variables.isEmpty
            ? InMemoryProvider(name: "environment", values: [:])
            : EnvironmentVariablesProvider(environmentVariables: variables, secretsSpecifier: .all)
                .prefixKeys(with: ["hydra", "gateway"])

        var fileTexts: [AbsoluteConfigKey: ConfigValue] = [:]
        var fileLists: [AbsoluteConfigKey: ConfigValue] = [:]
        for (path, entry) in document.entries {
            switch entry.content {
            case .scalar(let text):
                fileTexts[AbsoluteConfigKey(path)] = ConfigValue(.string(text), isSecret: true)
            case .list(let elements):
                fileLists[AbsoluteConfigKey(path)] = ConfigValue(
                    .stringArray(elements.compactMap(\.text)),
                    isSecret: true
                )
            case .section, .null:
                continue
            }
        }
        var flagTexts: [AbsoluteConfigKey: ConfigValue] = [:]
        var flagLists: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, text) in flags {
            let key = AbsoluteConfigKey(key.split(separator: ".").map(String.init))
            flagTexts[key] = ConfigValue(.string(text), isSecret: true)
            flagLists[key] = ConfigValue(.stringArray(Self.elements(of: text)), isSecret: true)
        }
        self.texts = ConfigReader(
            providers: [
                InMemoryProvider(name: "flags", values: flagTexts), environmentProvider,
                InMemoryProvider(name: "file", values: fileTexts),
            ],
            accessReporter: self.recorder
        )
        self.lists = ConfigReader(
            providers: [
                InMemoryProvider(name: "flags", values: flagLists), environmentProvider,
                InMemoryProvider(name: "file", values: fileLists),
            ],
            accessReporter: self.recorder
        )
    }

    // MARK: Settings

    /// Reads a setting into its place; without one, what is there stays.
    @discardableResult
    mutating func set<Value>(_ target: inout Value, _ key: String, _ form: ValueForm<Value>) -> Found? {
        guard let (value, found) = self.value(key, form) else { return nil }
        target = value
        return found
    }

    /// The same for a setting that may be without a value.
    @discardableResult
    mutating func set<Value>(_ target: inout Value?, _ key: String, _ form: ValueForm<Value>) -> Found? {
        guard let (value, found) = self.value(key, form) else { return nil }
        target = value
        return found
    }

    /// Reads a list; without one, what is there stays.
    mutating func set<Value>(_ target: inout [Value], _ key: String, _ form: ValueForm<Value>) {
        guard let elements = self.list(key) else { return }
        target = elements.compactMap { self.parse($0, key, form) }
    }

    /// A list's elements as they stand; nil when the setting is nowhere.
    mutating func list(_ key: String) -> [Found]? {
        let path = Self.path(key)
        self.known.insert(path)
        var lines: [Int] = []
        if let entry = self.document.entries[path] {
            switch entry.content {
            case .null:
                break
            case .scalar, .section:
                self.add(self.place(ofLine: entry.line), key, "must be a list, such as [one, two]")
            case .list(let elements):
                for element in elements {
                    if element.text == nil {
                        self.add(self.place(ofLine: element.line), key, "each element of the list must be one value")
                    } else {
                        lines.append(element.line)
                    }
                }
            }
        }
        guard let texts = self.lists.stringArray(forKey: ConfigKey(path), isSecret: true) else { return nil }
        let origin = self.recorder.take() ?? 0
        return texts.enumerated().compactMap { index, text in
            if origin < 2, text.isEmpty { return nil }
            let place =
                origin == 2
                ? self.place(ofLine: lines.indices.contains(index) ? lines[index] : nil)
                : self.place(path, origin: origin)
            return Found(text: text, place: place, origin: origin)
        }
    }

    /// A setting's text as it stands; nil when it is nowhere.
    mutating func text(_ key: String) -> Found? {
        let path = Self.path(key)
        self.known.insert(path)
        if let entry = self.document.entries[path] {
            switch entry.content {
            case .scalar, .null: break
            case .list: self.add(self.place(ofLine: entry.line), key, "must be one value, not a list")
            case .section: self.add(self.place(ofLine: entry.line), key, "must be one value, not a group of settings")
            }
        }
        guard let text = self.texts.string(forKey: ConfigKey(path), isSecret: true) else { return nil }
        let origin = self.recorder.take() ?? 0
        return Found(text: text, place: self.place(path, origin: origin), origin: origin)
    }

    /// Whether the file has the key, whatever its shape: then a mistake about it is not followed by "is missing".
    func isInFile(_ key: String) -> Bool {
        guard let entry = self.document.entries[Self.path(key)] else { return false }
        return entry.content != .null
    }

    private mutating func value<Value>(_ key: String, _ form: ValueForm<Value>) -> (Value, Found)? {
        guard let found = self.text(key), let value = self.parse(found, key, form) else { return nil }
        return (value, found)
    }

    /// Turns a text into a value, or notes what is allowed.
    mutating func parse<Value>(_ found: Found, _ key: String, _ form: ValueForm<Value>) -> Value? {
        if let value = form.parse(found.text) { return value }
        self.add(found.place, key, "\(Self.quoted(found.text)) is not allowed; \(form.allowed)")
        return nil
    }

    // MARK: Mistakes

    mutating func add(_ place: ConfigurationMistake.Place, _ key: String, _ message: String) {
        self.mistakes.append(ConfigurationMistake(place: place, key: key, message: message))
    }

    mutating func warn(_ place: ConfigurationMistake.Place, _ key: String, _ message: String) {
        self.warnings.append(ConfigurationMistake(place: place, key: key, message: message))
    }

    /// Where a key stands in the file, or where the nearest section around it does.
    func placeInFile(_ key: String) -> ConfigurationMistake.Place {
        var path = Self.path(key)
        while !path.isEmpty {
            if let entry = self.document.entries[path] { return self.place(ofLine: entry.line) }
            path.removeLast()
        }
        return self.place(ofLine: nil)
    }

    mutating func note(file path: String) {
        self.files.insert(path)
    }

    /// A secret was found in the file itself.
    mutating func noteInlineSecret() {
        self.hasInlineSecret = true
    }

    /// A variable that the environment has because a setting names it.
    mutating func name(variable: String) {
        self.namedVariables.insert(variable)
    }

    /// Marks what stands at a path as known, after a mistake about it that is enough.
    mutating func skip(path: [String]) {
        self.known.insert(path)
    }

    /// Where a key of the file stands.
    func place(ofKey path: [String]) -> ConfigurationMistake.Place {
        self.place(ofLine: self.document.entries[path]?.line)
    }

    /// The elements of a list that only the environment or a flag may have, because the file has a group of that name.
    mutating func names(_ key: String) -> [Found] {
        let path = Self.path(key)
        self.listsBesideGroups.insert(path)
        guard let texts = self.lists.stringArray(forKey: ConfigKey(path)) else { return [] }
        let origin = self.recorder.take() ?? 0
        return texts.filter { !$0.isEmpty }.map {
            Found(text: $0, place: self.place(path, origin: origin), origin: origin)
        }
    }

    /// Finds what nobody asked for: keys of the file, variables with the prefix, flags.
    mutating func checkUnknown() {
        var sections: Set<[String]> = [[]]
        for path in self.known {
            for length in 1..<max(1, path.count) { sections.insert(Array(path.prefix(length))) }
        }
        self.checkUnknown(below: [], sections: sections)

        let named = self.known.union(self.listsBesideGroups)
        let given = self.environment.keys.filter { $0.hasPrefix(SettingName.environmentPrefix) }
        let variables = given.isEmpty ? [] : Set(named.map(SettingName.variable))
        for name in given where !variables.contains(name) && !self.namedVariables.contains(name) {
            let hint = SettingName.nearest(name, in: variables).map { "; did you mean \($0)?" } ?? ""
            self.add(.environment(name), name, "names no setting\(hint)")
        }
        let keys = Set(named.map(SettingName.key))
        for key in self.flags.keys where !keys.contains(key) {
            let hint = SettingName.nearest(key, in: keys).map { "; did you mean \($0)?" } ?? ""
            self.add(.flag(SettingName.flag(Self.path(key))), key, "names no setting\(hint)")
        }
    }

    private mutating func checkUnknown(below section: [String], sections: Set<[String]>) {
        for key in self.document.children(section) {
            let path = section + [key]
            guard !self.known.contains(path), let entry = self.document.entries[path] else { continue }
            if sections.contains(path) {
                switch entry.content {
                case .section, .null:
                    self.checkUnknown(below: path, sections: sections)
                case .scalar, .list:
                    self.add(
                        self.place(ofLine: entry.line),
                        SettingName.key(path),
                        "must be a group of settings, each on a line of its own below it"
                    )
                }
                continue
            }
            let siblings = Set(
                (self.known.union(sections)).compactMap { known in
                    known.count > section.count && known.starts(with: section) ? known[section.count] : nil
                }
            )
            let hint =
                SettingName.nearest(key, in: siblings).map { "did you mean \($0)?" }
                ?? "the settings here are \(siblings.sorted().joined(separator: ", "))"
            self.add(self.place(ofLine: entry.line), SettingName.key(path), "is not a setting; \(hint)")
        }
    }

    // MARK: Places

    private func place(_ path: [String], origin: Int) -> ConfigurationMistake.Place {
        switch origin {
        case 0: .flag(SettingName.flag(path))
        case 1: .environment(SettingName.variable(path))
        default: self.place(ofLine: self.document.entries[path]?.line)
        }
    }

    private func place(ofLine line: Int?) -> ConfigurationMistake.Place {
        self.document.name.map { .file($0, line: line) } ?? .nowhere
    }

    private static func path(_ key: String) -> [String] {
        key.split(separator: ".").map(String.init)
    }

    private static func elements(of text: String) -> [String] {
        text.split(separator: ",").map { element in
            var element = element.drop { $0 == " " }
            while element.last == " " { element.removeLast() }
            return String(element)
        }
    }

    /// A value as a message shows it: short, on one line.
    private static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(80).map { $0.properties.generalCategory == .control ? " " : String($0) }
        return "\"\(shown.joined())\(text.unicodeScalars.count > 80 ? "…" : "")\""
    }
}
