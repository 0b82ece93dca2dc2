/// What a source does with the IP addresses of its users.
///
/// A plain value; any thread. Applied to the members `ip`, `ipAddress` and `ip_address` of the event and of its
/// context.
package enum IPPolicy: String, Sendable, CaseIterable {
    /// Addresses stay as they were sent.
    case keep
    /// Addresses lose what tells a household: the last octet of IPv4, all but the first 48 bits of IPv6.
    case truncate
    /// Addresses are removed.
    case drop

    /// What remains of an address; nil when nothing does.
    ///
    /// A port is removed and an IPv4 address in IPv6 clothing is undressed. Text that is no address stays under
    /// ``keep`` and goes under ``truncate``: what cannot be understood cannot be cut.
    package func apply(to text: String) -> String? {
        switch self {
        case .keep:
            guard let address = IPAddress(text) else { return text }
            return address.hadPort ? address.description : text
        case .truncate: return IPAddress(text)?.truncated.description
        case .drop: return nil
        }
    }

    /// What may be filled in from the connection; nil when the policy drops it, or when the peer has no address (a
    /// Unix socket).
    package func fill(from remoteAddress: String) -> String? {
        switch self {
        case .keep: IPAddress(remoteAddress)?.description
        case .truncate: IPAddress(remoteAddress)?.truncated.description
        case .drop: nil
        }
    }
}
