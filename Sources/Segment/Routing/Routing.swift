/// The outcome of looking at a request's method and path.
///
/// A plain value; any thread.
package enum Routing: Equatable, Sendable {
    /// Serve this.
    case route(Route)
    /// A CORS preflight of a path that exists: answer it without asking who it is.
    case preflight
    /// No such path: 404 with JSON.
    case notFound
    /// The path exists under other methods: 405 with JSON; the value of the `Allow` header.
    case methodNotAllowed(allow: String)

    /// Finds the route of a request.
    ///
    /// Every route stands at the root, below `/v1` and below `/v1/v1`, because some SDKs add the version to the
    /// configured host and others do not. One trailing slash is dropped (the Java SDK posts to `/v1/import/`). Paths
    /// are compared as written: upper case and double slashes are not found.
    ///
    /// - Parameters:
    ///   - method: the request method as sent.
    ///   - path: the path without its query.
    ///   - hasData: whether the query has a `data` parameter, which turns a GET of a one-letter route into JSONP.
    package static func resolve(method: String, path: String, hasData: Bool) -> Routing {
        guard let endpoint = Endpoint(path: path) else { return .notFound }
        if method == "OPTIONS" { return .preflight }
        switch endpoint {
        case .post(let route):
            if method == "POST" { return .route(route) }
            // HEAD never becomes an event: it is how monitors look at a path.
            if method == "GET", hasData, case .clientEvent(let type) = route { return .route(.jsonp(type)) }
            return .methodNotAllowed(allow: "POST, OPTIONS")
        case .webhook(let source):
            // Segment's Webhooks (Actions) destination may be set to any of the three.
            if method == "POST" || method == "PUT" || method == "PATCH" { return .route(.webhook(source: source)) }
            return .methodNotAllowed(allow: "POST, PUT, PATCH, OPTIONS")
        case .get(let route):
            if method == "GET" || method == "HEAD" { return .route(route) }
            return .methodNotAllowed(allow: "GET, HEAD, OPTIONS")
        }
    }
}
