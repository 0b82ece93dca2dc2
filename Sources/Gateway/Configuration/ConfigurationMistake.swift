/// One thing that is wrong with the configuration, and what is allowed instead. A value.
package struct ConfigurationMistake: Equatable, Sendable, CustomStringConvertible {
    /// Where it stands.
    package enum Place: Equatable, Sendable {
        /// In the file; the line is nil when the whole file is meant, the column is given for syntax errors.
        case file(String, line: Int?, column: Int? = nil)
        /// In an environment variable of this name.
        case environment(String)
        /// In a command line flag of this name.
        case flag(String)
        /// In no place: something is missing everywhere.
        case nowhere
    }

    package let place: Place
    /// The setting, such as `sources.web.ipPolicy`; empty when the file itself is wrong.
    package let key: String
    /// What is wrong and what is allowed. Never holds a secret's value.
    package let message: String

    /// One line: `hydra-gateway.yaml:12: sources.web.ipPolicy: "hide" is not allowed; use keep, truncate or drop`.
    package var description: String {
        var parts: [String] = []
        switch self.place {
        case .file(let path, let line, let column):
            parts.append(([path] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":"))
            if !self.key.isEmpty { parts.append(self.key) }
        case .environment(let name), .flag(let name):
            parts.append(name)
        case .nowhere:
            parts.append(self.key)
        }
        parts.append(self.message)
        // A key may hold anything between quotes.
        return String(parts.joined(separator: ": ").map { $0.isNewline ? " " : $0 })
    }
}

extension ConfigurationMistake {
    /// File first, line by line; then variables and flags by name.
    static func isOrdered(_ left: Self, before right: Self) -> Bool {
        left.rank == right.rank ? left.name < right.name : left.rank < right.rank
    }

    private var rank: Int {
        switch self.place {
        case .file(_, let line, _): line ?? 0
        case .nowhere: Int.max - 2
        case .environment: Int.max - 1
        case .flag: Int.max
        }
    }

    private var name: String {
        switch self.place {
        case .environment(let name), .flag(let name): name
        case .file, .nowhere: ""
        }
    }
}
