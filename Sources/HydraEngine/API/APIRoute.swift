import Hydra

/// What a path asks for.
enum APIRoute: Equatable, Sendable {
    case call(CallKind)
    case batch
    case persons
    case person(id: String)
    case personEvents(id: String)
    case companies
    case company(id: String)
    /// A question about a person's or a company's use.
    case use(UseRoute, ofCompany: Bool, id: String)
    /// What goes for all of an account's use.
    case patterns
    case scanners(ScannerRoute)
    case settings(SettingsRoute)
    case contract
    /// The process runs.
    case live
    /// The process can take calls.
    case ready

    /// - Parameter path: percent-encoded. One trailing slash does not matter.
    init?(path: String) {
        var path = path[...]
        if path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.first?.isEmpty == true else { return nil }
        switch segments.dropFirst().map(String.init) {
        case ["v1", "identify"]: self = .call(.identify)
        case ["v1", "track"]: self = .call(.track)
        case ["v1", "batch"]: self = .batch
        case ["v1", "persons"]: self = .persons
        case ["v1", "companies"]: self = .companies
        case ["v1", "patterns"]: self = .patterns
        case ["v1", "openapi.json"]: self = .contract
        case ["-", "live"]: self = .live
        case ["-", "ready"]: self = .ready
        case let parts where parts.count == 3 && parts[0] == "v1" && parts[1] == "persons":
            self = .person(id: parts[2])
        case let parts where parts.count == 4 && parts[0] == "v1" && parts[1] == "persons" && parts[3] == "events":
            self = .personEvents(id: parts[2])
        case let parts where parts.count == 3 && parts[0] == "v1" && parts[1] == "companies":
            self = .company(id: parts[2])
        case let parts where parts.count == 4 && parts[0] == "v1" && ["persons", "companies"].contains(parts[1]):
            guard let route = UseRoute(rawValue: parts[3]) else { return nil }
            self = .use(route, ofCompany: parts[1] == "companies", id: parts[2])
        case let parts where parts.count >= 2 && parts[0] == "v1" && parts[1] == "scanners":
            guard let route = ScannerRoute(parts.dropFirst(2)) else { return nil }
            self = .scanners(route)
        case let parts where parts.count >= 3 && parts[0] == "v1" && parts[1] == "settings":
            guard let route = SettingsRoute(parts.dropFirst(2)) else { return nil }
            self = .settings(route)
        default: return nil
        }
    }

    /// What `Allow` says. HEAD is GET whose body the web server leaves out.
    var methods: [String] {
        switch self {
        case .call, .batch: ["POST"]
        case .person: ["GET", "HEAD", "DELETE"]
        case .scanners(let route): route.methods
        case .settings(let route): route.methods
        case .persons, .personEvents, .companies, .company, .use, .patterns, .contract, .live, .ready: ["GET", "HEAD"]
        }
    }

    var needsKey: Bool {
        switch self {
        case .contract, .live, .ready: false
        case .call, .batch, .persons, .person, .personEvents, .companies, .company, .use, .patterns, .scanners,
            .settings:
            true
        }
    }

    /// A bounded name for logs and metrics.
    var name: String {
        switch self {
        case .call(let kind): kind.name
        case .batch: "batch"
        case .persons: "persons"
        case .person: "person"
        case .personEvents: "person_events"
        case .companies: "companies"
        case .company: "company"
        case .use(let route, let isOfCompany, _): (isOfCompany ? "company_" : "person_") + route.rawValue
        case .patterns: "patterns"
        case .scanners(let route): route.name
        case .settings(let route): route.name
        case .contract: "contract"
        case .live: "live"
        case .ready: "ready"
        }
    }
}
