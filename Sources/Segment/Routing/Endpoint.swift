/// A path that exists, with the family of methods it answers to.
enum Endpoint: Equatable {
    /// Answers POST.
    case post(Route)
    /// Answers POST, PUT and PATCH.
    case webhook(source: String)
    /// Answers GET and HEAD.
    case get(Route)

    /// How many `v1` may stand before a route: hosts are configured with and without it, and SDKs add their own.
    private static let versionPrefixes = 2

    /// Finds the endpoint of a path; nil when there is none.
    init?(path: String) {
        var path = path[...].utf8
        guard path.popFirst() == UInt8(ascii: "/") else { return nil }
        if path.last == UInt8(ascii: "/") { path.removeLast() }
        var segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        for _ in 0..<Self.versionPrefixes where segments.first.map({ Self.spells($0, "v1") }) == true {
            segments.removeFirst()
        }
        guard let first = segments.first, segments.allSatisfy({ !$0.isEmpty }) else { return nil }
        let rest = segments.dropFirst()
        switch rest.count {
        case 0:
            guard let route = Self.route(named: Substring(first)) else { return nil }
            self = .post(route)
        case 1:
            guard let name = rest.first.map({ String(Substring($0)) }) else { return nil }
            switch Substring(first) {
            case "pixel":
                guard let type = EventType(rawValue: name), type != .delete else { return nil }
                self = .get(.pixel(type))
            case "partner": self = .post(.partner(source: name))
            case "webhook": self = .webhook(source: name)
            default: return nil
            }
        case 2:
            guard let key = rest.first, let last = rest.last else { return nil }
            guard Self.spells(first, "projects"), Self.spells(last, "settings") else { return nil }
            self = .get(.settings(writeKey: String(Substring(key))))
        default: return nil
        }
    }

    /// The routes of one segment: the API's names, its legacy `import`, and the letters of browsers and phones.
    private static func route(named name: Substring) -> Route? {
        switch name {
        case "batch", "import": .batch
        case "b": .clientBatch
        case "t": .clientEvent(.track)
        case "i": .clientEvent(.identify)
        case "p": .clientEvent(.page)
        case "s": .clientEvent(.screen)
        case "g": .clientEvent(.group)
        case "a": .clientEvent(.alias)
        case "m": .metrics
        case "track": .event(.track)
        case "identify": .event(.identify)
        case "page": .event(.page)
        case "screen": .event(.screen)
        case "group": .event(.group)
        case "alias": .event(.alias)
        default: nil
        }
    }

    private static func spells(_ segment: Substring.UTF8View, _ word: String) -> Bool {
        segment.elementsEqual(word.utf8)
    }
}
