import Crypto
import Synchronization
import Telemetry

/// Proves that a form that changes something was sent by a page of this gateway, and by nobody else's.
///
/// A visitor gets a random id in a cookie (`SameSite=Strict`), and each form holds the HMAC of that id under a secret that
/// all responders of one spool share. Another site can neither read the form nor make the HMAC, not even if it could set
/// the cookie. Before that, what the browser says about where the request comes from is believed when it says another
/// site. Any thread; the secret's first use reads a small file.
final class FormProtection: Sendable {
    /// Why a form is refused. The raw values are for the log.
    enum Refusal: String, Sendable {
        /// The browser says that another site sent it.
        case otherSite = "form_other_site"
        /// The host's name is neither this machine's nor the configured one: a foreign name may have been pointed here.
        case foreignHost = "form_foreign_host"
        /// The cookie is missing, or the token is not the cookie's.
        case badToken = "form_bad_token"
        /// Not what a form sends.
        case badBody = "form_bad_body"
    }

    /// A browser, as its cookie names it.
    struct Visitor: Sendable, Equatable {
        let id: String
        /// Whether the cookie has to be set.
        let isNew: Bool
    }

    /// By http and by https a browser keeps two: a cookie that came by TLS is not replaced by one that did not, and both
    /// ports of one host share their cookies.
    private static let cookieName = "hydra_live"
    private static let secureCookieName = "hydra_live_tls"
    private static let purpose = "replay "

    private let directory: String
    private let shared = Mutex<SymmetricKey?>(nil)
    /// While the directory cannot be written forms work as long as they meet the same responder.
    private let own = SymmetricKey(data: SharedSecret.random())

    /// - Parameter directory: where all responders of a spool find the secret.
    init(directory: String) {
        self.directory = directory
    }

    /// The visitor of a request, a new one if it has no cookie of ours.
    func visitor(cookies: String?, isSecure: Bool) -> Visitor {
        let name = isSecure ? Self.secureCookieName : Self.cookieName
        if let id = Self.cookie(name, in: cookies), Self.isId(id) { return Visitor(id: id, isNew: false) }
        return Visitor(id: RandomIdentifier.traceId(), isNew: true)
    }

    /// The header line that makes a browser remember its id; for these pages only, until it is closed.
    func setCookie(_ visitor: Visitor, isSecure: Bool) -> (String, String) {
        let name = isSecure ? Self.secureCookieName : Self.cookieName
        let secure = isSecure ? "; Secure" : ""
        return ("Set-Cookie", "\(name)=\(visitor.id); Path=/-/; HttpOnly; SameSite=Strict\(secure)")
    }

    /// What a form of this visitor holds.
    func token(for visitor: Visitor) -> String {
        HMAC<SHA256>.authenticationCode(for: Array((Self.purpose + visitor.id).utf8), using: self.key)
            .reduce("") { text, byte in text + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    }

    /// Why a form must not be obeyed; nil when it may.
    ///
    /// - Parameters:
    ///   - host: the request's `Host`.
    ///   - serverName: the front server's own name.
    func refusal(
        token: String?,
        cookies: String?,
        isSecure: Bool,
        origin: String?,
        fetchSite: String?,
        host: String?,
        serverName: String?
    ) -> Refusal? {
        if let fetchSite, fetchSite != "same-origin" { return .otherSite }
        // "null" is what a page under a strict referrer policy says; then Sec-Fetch-Site has to speak for it.
        if let origin, !(origin == "null" && fetchSite != nil) {
            guard let host, Self.authority(of: origin) == host.lowercased() else { return .otherSite }
        }
        if let host, !Self.isOurs(host: host, serverName: serverName) { return .foreignHost }
        let visitor = self.visitor(cookies: cookies, isSecure: isSecure)
        guard !visitor.isNew, let token, let given = Self.bytes(ofHex: token) else { return .badToken }
        let isRight = HMAC<SHA256>.isValidAuthenticationCode(
            given,
            authenticating: Array((Self.purpose + visitor.id).utf8),
            using: self.key
        )
        return isRight ? nil : .badToken
    }

    private var key: SymmetricKey {
        self.shared.withLock { shared in
            if let shared { return shared }
            guard let secret = SharedSecret(directory: self.directory) else { return self.own }
            let key = SymmetricKey(data: secret.value)
            shared = key
            return key
        }
    }

    private static func cookie(_ name: String, in header: String?) -> String? {
        for pair in (header ?? "").split(separator: ";") {
            let text = pair.drop { $0 == " " }
            if text.hasPrefix("\(name)=") { return String(text.dropFirst(name.count + 1)) }
        }
        return nil
    }

    private static func isId(_ text: String) -> Bool { text.utf8.count == 32 && self.bytes(ofHex: text) != nil }

    private static func bytes(ofHex text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// `events.example.com:8443` of `https://events.example.com:8443`.
    private static func authority(of origin: String) -> String {
        let lower = origin.lowercased()
        for scheme in ["https://", "http://"] where lower.hasPrefix(scheme) {
            return String(lower.dropFirst(scheme.count))
        }
        return lower
    }

    /// An address, this machine, or the name that the front server is configured with. A name of somebody else's that
    /// leads to 127.0.0.1 would make its page one of the same origin.
    private static func isOurs(host: String, serverName: String?) -> Bool {
        let lower = host.lowercased()
        if lower.hasPrefix("[") { return true }
        let name = lower.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
        if name == "localhost" || name == serverName?.lowercased() { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
