/// Why a company has no home page for us.
package enum PageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The host's name has no address.
    case name(DNSError)
    /// The name is not one of the public DNS.
    case privateName
    /// One of the host's addresses must not be connected to.
    case forbidden(address: IPAddress, reason: String)
    /// A redirect leads to something that is not followed.
    case redirect(reason: String)
    case tooManyRedirects
    /// A status that is neither a page nor a redirect.
    case status(Int)
    /// Not HTML.
    case contentType(String)
    /// Compressed although that was not asked for.
    case encoded
    /// Connecting, TLS or HTTP failed.
    case connection(String)
    case timeout
    /// Heads without end, or a body in crumbs.
    case tooMuch

    package var description: String {
        switch self {
        case .name(let error): "\(error)"
        case .privateName: "the name is not one of the public DNS"
        case .forbidden(let address, let reason): "its address \(address) \(reason)"
        case .redirect(let reason): "it redirects to \(reason)"
        case .tooManyRedirects: "it redirects more than \(SourcingLimits.redirects) times"
        case .status(let status): "it answers \(status)"
        case .contentType(let type): "it is \(type), not HTML"
        case .encoded: "it is compressed although that was not asked for"
        case .connection(let reason): reason
        case .timeout: "it took too long"
        case .tooMuch: "it sends more than a page"
        }
    }
}
