/// Header lines that let scripts of other origins send events and read the answers.
///
/// Which origins a source allows is the caller's configuration. An allowed origin is echoed rather than answered with
/// `*`, because browsers refuse `*` for requests with credentials.
package enum CORS {
    /// What browsers may send when a preflight does not say which headers it wants.
    static let defaultHeaders = "authorization, content-type, x-retry-count"

    /// A day: Firefox's cap. Chromium cuts it to two hours by itself.
    static let maximumAge = "86400"

    /// Methods of all routes that browsers use.
    static let methods = "GET, POST, OPTIONS"

    /// The answer to a preflight: 204, and the grants if there is an origin. Preflights carry no credentials, so nobody
    /// is asked who they are.
    ///
    /// - Parameters:
    ///   - origin: the `Origin` header; nil or unusable gives an answer without grants.
    ///   - requestedHeaders: the `Access-Control-Request-Headers` header; granted as they are if they are header names.
    package static func preflight(origin: String?, requestedHeaders: String?) -> EdgeAnswer {
        var headers = [("Vary", "Origin, Access-Control-Request-Headers")]
        if let origin, isOrigin(origin) {
            headers += [
                ("Access-Control-Allow-Origin", origin),
                ("Access-Control-Allow-Credentials", "true"),
                ("Access-Control-Allow-Methods", methods),
                ("Access-Control-Allow-Headers", grantable(requestedHeaders) ?? defaultHeaders),
                ("Access-Control-Max-Age", maximumAge),
            ]
        }
        return EdgeAnswer(status: 204, headers: headers, body: [])
    }

    /// The lines to add to any answer, errors included: without them a script can read neither the error nor how long
    /// to wait.
    ///
    /// - Parameters:
    ///   - origin: the `Origin` header.
    ///   - isAllowed: whether the source allows this origin.
    package static func replyHeaders(origin: String?, isAllowed: Bool = true) -> [(String, String)] {
        guard let origin, isOrigin(origin) else { return [] }
        guard isAllowed else { return [("Vary", "Origin")] }
        return [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", "Retry-After, X-RateLimit-Reset"),
            ("Vary", "Origin"),
        ]
    }

    /// Whether a list of allowed origins admits one. `*` admits all; scheme and host are compared without case, and
    /// `https://*.example.com` admits every name below `example.com`.
    package static func admits(_ origin: String, allowed: [String]) -> Bool {
        let origin = origin.lowercased()
        return allowed.contains { pattern in
            let pattern = pattern.lowercased()
            if pattern == "*" || pattern == origin { return true }
            guard let star = pattern.firstIndex(of: "*") else { return false }
            let head = pattern[..<star]
            let tail = pattern[pattern.index(after: star)...]
            guard tail.hasPrefix("."), origin.hasPrefix(head), origin.hasSuffix(tail) else { return false }
            let name = origin.utf8.dropFirst(head.utf8.count).dropLast(tail.utf8.count)
            return origin.utf8.count > head.utf8.count + tail.utf8.count
                && name.allSatisfy { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "@") }
        }
    }

    /// An origin is scheme, host and port, or `null`: visible ASCII that cannot break a header line.
    private static func isOrigin(_ origin: String) -> Bool {
        let bytes = origin.utf8
        return (1...2_048).contains(bytes.count) && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x2c }
    }

    /// The requested header names as they came; nil when one of them is no token (RFC 9110) or there are too many.
    private static func grantable(_ requested: String?) -> String? {
        guard let requested, (1...1_024).contains(requested.utf8.count) else { return nil }
        let names = requested.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        return names.allSatisfy { isToken($0) } ? requested : nil
    }

    private static func isToken(_ name: Substring.UTF8View) -> Bool {
        var name = name.drop { $0 == UInt8(ascii: " ") }
        while name.last == UInt8(ascii: " ") { name.removeLast() }
        return !name.isEmpty
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
