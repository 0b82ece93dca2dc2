import Glibc

/// What attempts are counted by: an IPv4 address, or the network of an IPv6 address, since whoever has one has 2⁶⁴.
enum VisitorAddress {
    static func network(_ text: String) -> String {
        var address = in6_addr()
        guard text.contains(":"), unsafe inet_pton(AF_INET6, text, &address) == 1 else { return text }
        return unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ".")
        }
    }
}
