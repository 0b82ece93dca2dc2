/// Which addresses may be connected to: global unicast, and nothing that a registry, a network or a cloud keeps for
/// itself.
///
/// The names that are looked up come from outside, and so do their addresses: whoever names a company `intranet.example`
/// must not get this machine to ask its own network on their behalf. A value; any thread.
package struct AddressGuard: Sendable {
    /// Addresses that are reached although they are not global: the servers of tests.
    private let allowed: Set<IPAddress>

    /// - Parameter allowed: for tests alone; nothing that a user can set leads here.
    package init(allowing allowed: Set<IPAddress> = []) {
        self.allowed = allowed
    }

    /// Why an address must not be connected to; nil if it may.
    package func refusal(of address: IPAddress) -> String? {
        guard !self.allowed.contains(address) else { return nil }
        switch address {
        case .v4: return Self.refused4.first { $0.range.contains(address) }?.reason
        case .v6(_, let low):
            if let reason = Self.refused6.first(where: { $0.range.contains(address) })?.reason { return reason }
            // A translator (RFC 6052) connects to the IPv4 address in the last 32 bits.
            if Self.translated?.contains(address) == true {
                return self.refusal(of: .v4(UInt32(truncatingIfNeeded: low)))
            }
            return Self.globalUnicast?.contains(address) == true ? nil : "is not global unicast"
        }
    }

    private static func table(_ rows: [(String, String)]) -> [(range: AddressRange, reason: String)] {
        rows.compactMap { row in AddressRange(row.0).map { ($0, row.1) } }
    }

    /// IANA IPv4 Special-Purpose Address Registry, and what clouds keep behind global-looking addresses.
    private static let refused4 = Self.table([
        ("0.0.0.0/8", "is of this network"),
        ("10.0.0.0/8", "is private"),
        ("100.64.0.0/10", "is shared address space"),
        ("127.0.0.0/8", "is loopback"),
        ("169.254.0.0/16", "is link-local"),
        ("172.16.0.0/12", "is private"),
        ("192.0.0.0/24", "is for protocols"),
        ("192.0.2.0/24", "is for documentation"),
        ("192.88.99.0/24", "is the 6to4 relay's"),
        ("192.168.0.0/16", "is private"),
        ("198.18.0.0/15", "is for benchmarks"),
        ("198.51.100.0/24", "is for documentation"),
        ("203.0.113.0/24", "is for documentation"),
        ("224.0.0.0/4", "is multicast"),
        ("240.0.0.0/4", "is reserved"),
        // Microsoft Azure's platform, for the virtual machines on it: metadata, agents, DNS.
        ("168.63.129.16/32", "is a cloud's platform address"),
    ])

    /// IANA IPv6 Special-Purpose Address Registry. What is not global unicast (2000::/3) is refused in any case; here
    /// it has its name.
    private static let refused6 = Self.table([
        ("::/128", "is unspecified"),
        ("::1/128", "is loopback"),
        ("::ffff:0:0/96", "is IPv4-mapped"),
        ("::/96", "is IPv4-compatible"),
        ("64:ff9b:1::/48", "is of a local translator"),
        ("100::/64", "is discard-only"),
        // Teredo, benchmarks, ORCHID and the like.
        ("2001::/23", "is for protocols"),
        ("2001:db8::/32", "is for documentation"),
        ("2002::/16", "is 6to4"),
        ("3fff::/20", "is for documentation"),
        ("5f00::/16", "is for segment routing"),
        ("fd00:ec2::254/128", "is a cloud's metadata address"),
        ("fc00::/7", "is private"),
        ("fe80::/10", "is link-local"),
        ("fec0::/10", "is site-local"),
        ("ff00::/8", "is multicast"),
    ])

    private static let globalUnicast = AddressRange("2000::/3")
    private static let translated = AddressRange("64:ff9b::/96")
}
