package import Logging

extension Logger.Level {
    /// The names that ``init(name:)`` takes, lowest level first: for help texts and error messages.
    package static var names: [String] {
        self.allCases.map(\.rawValue)
    }

    /// Reads a level's name in any case; `warn` and `fatal` are understood as well.
    package init?(name: String) {
        switch name.lowercased() {
        case "warn": self = .warning
        case "fatal": self = .critical
        case let name: self.init(rawValue: name)
        }
    }

    /// The level as it stands in `log.level`.
    var schemaName: StaticString {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }
}
