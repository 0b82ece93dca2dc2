import Segment
import Testing

struct RoutingTests {
    /// Every POST route by its paths below the prefix.
    static let postRoutes: [(String, Route)] = [
        ("identify", .event(.identify)), ("track", .event(.track)), ("page", .event(.page)),
        ("screen", .event(.screen)), ("group", .event(.group)), ("alias", .event(.alias)),
        ("batch", .batch), ("import", .batch), ("b", .clientBatch), ("m", .metrics),
        ("i", .clientEvent(.identify)), ("t", .clientEvent(.track)), ("p", .clientEvent(.page)),
        ("s", .clientEvent(.screen)), ("g", .clientEvent(.group)), ("a", .clientEvent(.alias)),
        ("partner/shop", .partner(source: "shop")),
    ]

    /// Every GET route by its paths below the prefix.
    static let getRoutes: [(String, Route)] = [
        ("pixel/identify", .pixel(.identify)), ("pixel/track", .pixel(.track)), ("pixel/page", .pixel(.page)),
        ("pixel/screen", .pixel(.screen)), ("pixel/group", .pixel(.group)), ("pixel/alias", .pixel(.alias)),
        ("projects/demo-write-key/settings", .settings(writeKey: "demo-write-key")),
    ]

    static let prefixes = ["/", "/v1/", "/v1/v1/"]

    private func resolve(_ method: String, _ path: String, hasData: Bool = false) -> Routing {
        Routing.resolve(method: method, path: path, hasData: hasData)
    }

    @Test("POST routes stand at the root, below /v1 and below /v1/v1, with or without a slash", arguments: postRoutes)
    func postRoutesInAllForms(path: String, route: Route) {
        for prefix in Self.prefixes {
            for slash in ["", "/"] {
                #expect(resolve("POST", prefix + path + slash) == .route(route))
                #expect(resolve("OPTIONS", prefix + path + slash) == .preflight)
            }
        }
    }

    @Test("POST routes refuse every other method", arguments: postRoutes)
    func postRoutesRefuse(path: String, route: Route) {
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "post", ""] {
            #expect(resolve(method, "/v1/" + path) == .methodNotAllowed(allow: "POST, OPTIONS"))
        }
    }

    @Test("GET routes answer GET, HEAD and preflights, in all forms", arguments: getRoutes)
    func getRoutesInAllForms(path: String, route: Route) {
        for prefix in Self.prefixes {
            for slash in ["", "/"] {
                #expect(resolve("GET", prefix + path + slash, hasData: true) == .route(route))
                #expect(resolve("HEAD", prefix + path + slash) == .route(route))
                #expect(resolve("OPTIONS", prefix + path + slash) == .preflight)
                #expect(resolve("POST", prefix + path + slash) == .methodNotAllowed(allow: "GET, HEAD, OPTIONS"))
            }
        }
    }

    @Test("Webhooks take POST, PUT and PATCH", arguments: ["POST", "PUT", "PATCH"])
    func webhooks(method: String) {
        for prefix in Self.prefixes {
            #expect(resolve(method, prefix + "webhook/shop") == .route(.webhook(source: "shop")))
        }
        #expect(resolve("GET", "/v1/webhook/shop") == .methodNotAllowed(allow: "POST, PUT, PATCH, OPTIONS"))
        #expect(resolve("OPTIONS", "/v1/webhook/shop") == .preflight)
    }

    @Test("A GET with data is JSONP on the letters of events only")
    func jsonp() {
        let letters: [(String, EventType)] = [
            ("i", .identify), ("t", .track), ("p", .page), ("s", .screen), ("g", .group), ("a", .alias),
        ]
        for (letter, type) in letters {
            #expect(resolve("GET", "/v1/\(letter)", hasData: true) == .route(.jsonp(type)))
        }
        for path in ["b", "m", "batch", "track", "partner/x"] {
            #expect(resolve("GET", "/v1/\(path)", hasData: true) == .methodNotAllowed(allow: "POST, OPTIONS"))
        }
    }

    @Test(
        "Unknown paths are not found, whatever the method",
        arguments: [
            "", "/", "v1/track", "/v1", "/v1/", "/v1/v1", "/v2/track", "/v1/delete", "/v1/tracks", "/v1/track/x",
            "/v1/pixel", "/v1/pixel/", "/v1/pixel/delete", "/v1/pixel/t", "/v1/pixel/track/x", "/v1/partner",
            "/v1/partner/", "/v1/webhook//", "/v1/projects/k", "/v1/projects//settings", "/v1/projects/k/Settings",
            "/v1/%74rack", "/v1/track?x", "/-/status", "/v1/v1/v1/track", "/v1/../track", "//track", "/v1//",
        ]
    )
    func unknownPaths(path: String) {
        for method in ["GET", "POST", "OPTIONS", "HEAD"] {
            #expect(resolve(method, path, hasData: true) == .notFound)
        }
    }

    @Test("Only what comes straight from a user's device is client-side")
    func clientSide() {
        let clientSide: [Route] = [.clientEvent(.track), .clientBatch, .pixel(.track), .jsonp(.page)]
        let others: [Route] = [
            .event(.track), .batch, .metrics, .settings(writeKey: "k"), .partner(source: "s"), .webhook(source: "s"),
        ]
        #expect(clientSide.allSatisfy { $0.isClientSide })
        #expect(!others.contains { $0.isClientSide })
    }
}
