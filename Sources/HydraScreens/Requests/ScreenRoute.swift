/// What a path asks for.
enum ScreenRoute: Equatable {
    case home
    case signIn
    case signOut
    /// Whether somebody is signed in, for nginx's `auth_request`.
    case session
    case account
    case persons
    case person(String)
    case erase(String)
    case insights
    case companies
    case company(String)
    case scanners
    case newScanner
    case scanner(String)
    case scannerRun(String)
    case scannerSwitch(String)
    case scannerDelete(String)
    case scannerProgress(String)
    case settings
    case keys
    case keyRotate(String)
    case keyRevoke(String)
    case sourcing
    case password

    /// - Parameter path: percent-encoded. One trailing slash does not matter.
    init?(path: String) {
        var path = path[...]
        if path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        // An id stands in addresses of the API: nothing but what ids are made of gets there.
        guard path.hasPrefix("/"), segments.allSatisfy({ $0.isEmpty || Self.isPlain($0) }) else { return nil }
        switch (segments.first ?? "", segments.count) {
        case ("", 1): self = .home
        case ("sign-in", 1): self = .signIn
        case ("sign-out", 1): self = .signOut
        case ("-", 2) where segments[1] == "session": self = .session
        case ("account", 1): self = .account
        case ("persons", 1): self = .persons
        case ("persons", 2): self = .person(segments[1])
        case ("persons", 3) where segments[2] == "erase": self = .erase(segments[1])
        case ("insights", 1): self = .insights
        case ("companies", 1): self = .companies
        case ("companies", 2): self = .company(segments[1])
        case ("scanners", 1): self = .scanners
        case ("scanners", 2): self = segments[1] == "new" ? .newScanner : .scanner(segments[1])
        case ("scanners", 3):
            switch segments[2] {
            case "run": self = .scannerRun(segments[1])
            case "switch": self = .scannerSwitch(segments[1])
            case "delete": self = .scannerDelete(segments[1])
            case "progress": self = .scannerProgress(segments[1])
            default: return nil
            }
        case ("settings", 1): self = .settings
        case ("settings", 2):
            switch segments[1] {
            case "keys": self = .keys
            case "sourcing": self = .sourcing
            case "password": self = .password
            default: return nil
            }
        case ("settings", 4) where segments[1] == "keys":
            switch segments[3] {
            case "rotate": self = .keyRotate(segments[2])
            case "revoke": self = .keyRevoke(segments[2])
            default: return nil
            }
        default: return nil
        }
        if segments.count > 1, segments.contains("") { return nil }
    }

    private static func isPlain(_ segment: String) -> Bool {
        segment.utf8.count <= 200
            && segment.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// What `Allow` says.
    var methods: [String] {
        switch self {
        case .home, .persons, .person, .insights, .companies, .company, .scanners, .scannerProgress, .settings,
            .session:
            ["GET", "HEAD"]
        case .signOut, .account, .scannerRun, .scannerSwitch, .keys, .sourcing, .password: ["POST"]
        case .signIn, .erase, .newScanner, .scanner, .scannerDelete, .keyRotate, .keyRevoke: ["GET", "HEAD", "POST"]
        }
    }

    /// A bounded name for logs.
    var name: String {
        switch self {
        case .home: "page_home"
        case .signIn: "page_sign_in"
        case .signOut: "page_sign_out"
        case .session: "session"
        case .account: "page_account"
        case .persons: "page_persons"
        case .person: "page_person"
        case .erase: "page_person_erase"
        case .insights: "page_insights"
        case .companies: "page_companies"
        case .company: "page_company"
        case .scanners: "page_scanners"
        case .newScanner: "page_scanner_new"
        case .scanner: "page_scanner"
        case .scannerRun: "page_scanner_run"
        case .scannerSwitch: "page_scanner_switch"
        case .scannerDelete: "page_scanner_delete"
        case .scannerProgress: "page_scanner_progress"
        case .settings: "page_settings"
        case .keys: "page_keys"
        case .keyRotate: "page_key_rotate"
        case .keyRevoke: "page_key_revoke"
        case .sourcing: "page_sourcing"
        case .password: "page_password"
        }
    }
}
