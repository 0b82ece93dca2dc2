private import Foundation
private import HydraDataPoints

/// The address of a page: http or https, a public name, the usual port, no user.
///
/// Always written anew from its parts, so that what is connected to is what was checked. A value; any thread.
struct PageURL: Sendable, Equatable {
    /// The ports that stand for https and http.
    struct Ports: Sendable {
        var secure = 443
        var plain = 80

        func port(isSecure: Bool) -> Int { isSecure ? self.secure : self.plain }
    }

    let isSecure: Bool
    /// Of ``DomainName/normalised(_:)``.
    let host: String
    let port: Int
    /// Percent-encoded path and query; begins with a slash.
    let path: String

    init(isSecure: Bool, host: String, ports: Ports) {
        self.isSecure = isSecure
        self.host = host
        self.port = ports.port(isSecure: isSecure)
        self.path = "/"
    }

    var text: String {
        let scheme = self.isSecure ? "https" : "http"
        let port = self.port == (self.isSecure ? 443 : 80) ? "" : ":\(self.port)"
        return "\(scheme)://\(self.host)\(port)\(self.path)"
    }

    /// Where a redirect leads.
    ///
    /// - Parameter location: the header, absolute or relative.
    func following(_ location: String, ports: Ports) throws(PageError) -> PageURL {
        guard !location.isEmpty, location.utf8.count <= SourcingLimits.urlBytes,
            location.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }),
            let base = URL(string: self.text), let url = URL(string: location, relativeTo: base)?.absoluteURL,
            let parts = URLComponents(url: url, resolvingAgainstBaseURL: true)
        else { throw .redirect(reason: "what is no URL") }
        let isSecure: Bool
        switch parts.scheme?.lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw .redirect(reason: "something else than http and https")
        }
        guard parts.user == nil, parts.password == nil else { throw .redirect(reason: "a URL with a user in it") }
        // Addresses instead of names are no company's page, in whichever of their spellings.
        guard let host = parts.host.flatMap({ DomainName.normalised($0) }) else {
            throw .redirect(reason: "something else than a public name")
        }
        let port = parts.port ?? ports.port(isSecure: isSecure)
        guard port == ports.port(isSecure: isSecure) else { throw .redirect(reason: "port \(port)") }
        // Whoever answers without TLS is whoever stands between.
        guard isSecure || !self.isSecure else { throw .redirect(reason: "http from https") }
        let path = parts.percentEncodedPath
        let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
        return PageURL(
            isSecure: isSecure,
            host: host,
            port: port,
            path: (path.hasPrefix("/") ? path : "/" + path) + query
        )
    }

    private init(isSecure: Bool, host: String, port: Int, path: String) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.path = path
    }
}
