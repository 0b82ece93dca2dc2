import Yams

/// The YAML file taken apart: what stands at which path, and on which line. A value.
///
/// The whole file is composed once by Yams, whose nodes know their lines. swift-configuration's own YAML reader stops at
/// the first mistake, has no lines and does not list the names in a map.
struct ConfigurationDocument {
    /// What stands at a path.
    enum Content: Equatable {
        case scalar(String)
        /// Elements with their lines; nil for an element that is not a plain value.
        case list([Element])
        /// Keys in their order.
        case section([String])
        /// `key:` with nothing behind it.
        case null
    }

    struct Element: Equatable {
        let text: String?
        let line: Int
    }

    struct Entry {
        /// The key's line.
        let line: Int
        let content: Content
    }

    /// The file's name as it was given; nil without a file.
    let name: String?
    private(set) var entries: [[String]: Entry] = [:]
    /// Keys that stand twice: the first one counts for the further checks.
    private(set) var mistakes: [ConfigurationMistake] = []
    /// The file's permissions let every user of the machine read it.
    private(set) var isReadableByAll = false

    /// Bytes of a file, 16 MiB: some 50,000 sources.
    static let maximumBytes = 16 << 20
    /// Entries, which a file with many aliases could multiply.
    private static let maximumEntries = 1_000_000
    /// Levels of keys: `sources.web.writeKey` is three.
    private static let depth = 4

    static var empty: Self { Self(name: nil) }

    private init(name: String?) {
        self.name = name
    }

    /// Reads a file.
    init(reading path: String) throws(ConfigurationError) {
        let file: (text: String, mode: UInt32)
        do throws(TextFile.Failure) {
            file = try TextFile.readWithMode(path, limit: Self.maximumBytes)
        } catch {
            let hint = "; --config FILE, or HYDRA_GATEWAY_CONFIG, names another"
            throw Self.error(path, line: nil, message: error.message + hint)
        }
        try self.init(parsing: file.text, name: path)
        self.isReadableByAll = file.mode & 0o004 != 0
    }

    /// Takes a text apart.
    ///
    /// - Throws: the one mistake that keeps the text from being YAML with keys and values at all.
    init(parsing text: String, name: String) throws(ConfigurationError) {
        self.name = name
        guard let root = try self.compose(text) else { return }
        switch root {
        case .mapping(let mapping):
            self.entries[[]] = Entry(line: 1, content: .section(self.keys(of: mapping)))
            self.walk(mapping, path: [])
        case .scalar(let scalar) where Self.isNull(scalar):
            return
        default:
            throw Self.error(
                name,
                line: root.mark?.line ?? 1,
                message: "the file must consist of keys and values, such as workers: 4"
            )
        }
        if self.entries.count >= Self.maximumEntries {
            throw Self.error(name, line: nil, message: "has more than \(Self.maximumEntries) settings")
        }
    }

    /// Keys below a path, in the file's order.
    func children(_ path: [String]) -> [String] {
        guard case .section(let keys)? = self.entries[path]?.content else { return [] }
        return keys
    }

    // MARK: Yams

    /// Composes the text. A key that stands twice stops Yams: it is noted with the line of its second place, blanked out
    /// there, and the rest is composed again, so that further mistakes are found as well.
    private mutating func compose(_ text: String) throws(ConfigurationError) -> Node? {
        let name = self.name ?? ""
        var text = text
        while true {
            do {
                return try Yams.compose(yaml: text)
            } catch let error as YamlError {
                guard case .duplicatedKeysInMapping(let keys, let context) = error else {
                    throw Self.syntaxError(error, name: name)
                }
                // The mark is that of the first one.
                let key = keys.first ?? ""
                let duplicate = RepeatedKey(key, after: context.mark, in: text)
                let mistake = ConfigurationMistake(
                    place: .file(name, line: duplicate?.line ?? context.mark.line),
                    key: key,
                    message: "stands a second time (first on line \(context.mark.line)); keep one of them"
                )
                self.mistakes.append(mistake)
                guard let duplicate, self.mistakes.count < 100 else {
                    throw ConfigurationError(mistakes: self.mistakes)
                }
                text = duplicate.blankedText
            } catch {
                throw Self.error(name, line: nil, message: "cannot be read as YAML")
            }
        }
    }

    private mutating func walk(_ mapping: Node.Mapping, path: [String]) {
        for (keyNode, value) in mapping {
            guard self.entries.count < Self.maximumEntries else { return }
            let line = keyNode.mark?.line ?? 0
            guard case .scalar(let key) = keyNode else {
                let mistake = ConfigurationMistake(
                    place: .file(self.name ?? "", line: line),
                    key: path.joined(separator: "."),
                    message: "a key must be a plain word"
                )
                self.mistakes.append(mistake)
                continue
            }
            let path = path + [key.string]
            switch value {
            case .scalar(let scalar):
                self.entries[path] = Entry(line: line, content: Self.isNull(scalar) ? .null : .scalar(scalar.string))
            case .sequence(let sequence):
                let elements = sequence.map { node in
                    var text: String?
                    if case .scalar(let scalar) = node, !Self.isNull(scalar) { text = scalar.string }
                    return Element(text: text, line: node.mark?.line ?? line)
                }
                self.entries[path] = Entry(line: line, content: .list(elements))
            case .mapping(let mapping):
                self.entries[path] = Entry(line: line, content: .section(self.keys(of: mapping)))
                // Deeper than any setting goes only its existence counts.
                if path.count < Self.depth { self.walk(mapping, path: path) }
            case .alias:
                self.entries[path] = Entry(line: line, content: .null)
            }
        }
    }

    private func keys(of mapping: Node.Mapping) -> [String] {
        mapping.compactMap { key, _ in
            if case .scalar(let scalar) = key { scalar.string } else { nil }
        }
    }

    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func error(_ name: String, line: Int?, column: Int? = nil, message: String) -> ConfigurationError {
        ConfigurationError(mistakes: [
            ConfigurationMistake(place: .file(name, line: line, column: column), key: "", message: message)
        ])
    }

    /// Yams' own description quotes the line, in which a key may stand: only its words are used.
    private static func syntaxError(_ error: YamlError, name: String) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let hint =
                problem.contains("cannot start any token")
                ? "; indent with blanks, not tabs, and quote values that begin with a special character" : ""
            return self.error(
                name,
                line: mark.line,
                column: mark.column,
                message: "not valid YAML: \(problem)\(hint)"
            )
        case .reader(let problem, _, _, _):
            return self.error(name, line: nil, message: "not valid YAML: \(problem); the file must be UTF-8")
        default:
            return self.error(name, line: nil, message: "cannot be read as YAML")
        }
    }
}
