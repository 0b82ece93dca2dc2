/// What a path below `/v1/scanners` asks for.
enum ScannerRoute: Equatable, Sendable {
    case list
    case preview
    case scanner(id: String)
    case runs(id: String)

    /// - Parameter segments: those behind `scanners`.
    init?(_ segments: some Collection<String>) {
        switch Array(segments) {
        case []: self = .list
        case ["preview"]: self = .preview
        case let parts where parts.count == 1: self = .scanner(id: parts[0])
        case let parts where parts.count == 2 && parts[1] == "runs": self = .runs(id: parts[0])
        default: return nil
        }
    }

    /// See ``APIRoute/methods``.
    var methods: [String] {
        switch self {
        case .list, .runs: ["GET", "HEAD", "POST"]
        case .preview: ["POST"]
        case .scanner: ["GET", "HEAD", "PATCH", "DELETE"]
        }
    }

    var name: String {
        switch self {
        case .list: "scanners"
        case .preview: "scanner_preview"
        case .scanner: "scanner"
        case .runs: "scanner_runs"
        }
    }
}
