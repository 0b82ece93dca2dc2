/// What a request says of the browser that sent it, so that no other site makes a browser use its owner's API key.
///
/// A browser remembers the credentials of Basic authentication and adds them to whatever any site has it send. It also
/// says where a request comes from, which no site can change. A value; any thread.
package struct Browser: Sendable {
    package var userAgent: String?
    package var host: String?
    package var origin: String?
    /// `Sec-Fetch-Site`.
    package var fetchSite: String?
    package var contentType: String?

    /// What a form can send without asking the site that it is sent to.
    private static let formTypes: Set<String> = [
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
    ]

    package init(
        userAgent: String? = nil,
        host: String? = nil,
        origin: String? = nil,
        fetchSite: String? = nil,
        contentType: String? = nil
    ) {
        self.userAgent = userAgent
        self.host = host
        self.origin = origin
        self.fetchSite = fetchSite
        self.contentType = contentType
    }

    /// Whether the request was sent by a browser, which would ask its user for credentials and remember them.
    var isOne: Bool { self.fetchSite != nil || self.origin != nil || self.userAgent?.hasPrefix("Mozilla/") == true }

    /// Why a request that changes something is not taken; nil if it comes from our own pages, from the browser's user
    /// alone, or from no browser.
    var refusal: String? {
        if let site = self.fetchSite, site != "same-origin", site != "none" {
            return "Another site has had a browser send this."
        }
        if let origin = self.origin {
            // `null`, of a sandboxed page or after a redirect, is nobody's.
            let own = self.host.map { ["https://\($0)", "http://\($0)"] } ?? []
            guard own.contains(origin) else { return "A page of another site has sent this." }
        }
        let type = self.contentType?.prefix { $0 != ";" }.trimmingPrefix { $0 == " " }.lowercased() ?? ""
        if self.isOne, Self.formTypes.contains(type.filter { $0 != " " && $0 != "\t" }) {
            return "A browser must send this as application/json: a form of any site can be sent otherwise."
        }
        return nil
    }
}
