import Segment

/// The browser origins that a source accepts: exact ones, `https://*.example.com`, or all of them.
///
/// CORS is not authentication: a client that is no browser sends no `Origin` and is let through.
package struct OriginList: Sendable, Equatable {
    private let allowed: [String]

    /// - Parameter origins: an empty list, or `*` in it, allows all.
    package init(_ origins: [String]) {
        self.allowed = origins.isEmpty || origins.contains("*") ? [] : origins
    }

    /// Whether a request with this `Origin` header (nil: none was sent) may send events.
    package func allows(_ origin: String?) -> Bool {
        guard !self.allowed.isEmpty, let origin else { return true }
        return CORS.admits(origin, allowed: self.allowed)
    }
}
