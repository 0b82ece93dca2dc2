/// What a path below `/v1/settings` asks for.
enum SettingsRoute: Equatable, Sendable {
    case keys
    case key(id: String)
    case rotate(id: String)
    case sources
    case sourcing
    case identities
    /// Takes apart what was joined wrongly.
    case separate

    /// - Parameter segments: those behind `settings`.
    init?(_ segments: some Collection<String>) {
        switch Array(segments) {
        case ["keys"]: self = .keys
        case ["sources"]: self = .sources
        case ["sourcing"]: self = .sourcing
        case ["identities"]: self = .identities
        case ["identities", "separate"]: self = .separate
        case let parts where parts.count == 2 && parts[0] == "keys": self = .key(id: parts[1])
        case let parts where parts.count == 3 && parts[0] == "keys" && parts[2] == "rotate":
            self = .rotate(id: parts[1])
        default: return nil
        }
    }

    /// See ``APIRoute/methods``.
    var methods: [String] {
        switch self {
        case .keys: ["GET", "HEAD", "POST"]
        case .key: ["DELETE"]
        case .rotate: ["POST"]
        case .sources: ["GET", "HEAD"]
        case .sourcing, .identities: ["GET", "HEAD", "PATCH"]
        case .separate: ["POST"]
        }
    }

    var name: String {
        switch self {
        case .keys: "keys"
        case .key: "key"
        case .rotate: "key_rotate"
        case .sources: "sources"
        case .sourcing: "sourcing"
        case .identities: "identities"
        case .separate: "identities_separate"
        }
    }
}
