private import HydraDataPoints

/// Names that are looked up: those of the public DNS.
///
/// Names for private use would be answered by the local network's own server, and its answers shown to whoever named
/// the domain. Stateless; any thread.
enum PublicName {
    /// RFC 6761, RFC 6762 appendix G, RFC 7686, RFC 8375, RFC 9476, ICANN's resolutions on `.internal` and on collisions.
    private static let privateTops: Set<String> = [
        "alt", "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost",
        "mail", "onion", "private", "test",
    ]

    /// - Parameter host: of ``DomainName/normalised(_:)``.
    static func isPublic(_ host: String) -> Bool {
        guard DomainName.registrable(host) != nil else { return false }
        return host.split(separator: ".").last.map { !self.privateTops.contains(String($0)) } ?? false
    }
}
