import CFastCGI
import Glibc

/// Who may connect.
///
/// libfcgi trusts its peer, so nobody but the front server gets that far. Threads: made once, read by all workers.
struct PeerPolicy: Sendable {
    /// Users that may connect to a Unix socket.
    let users: Set<UInt32>
    /// Networks that may connect by TCP; empty means this machine.
    private let networks: [(address: IPAddress, bits: Int)]

    /// The account of nginx, Apache and lighttpd on Debian.
    private static let frontServerAccount = "www-data"

    /// - Parameter users: nil allows the user of this process, root, and www-data if there is such a user.
    init(users: Set<UInt32>?, addresses: [String]) throws(FastCGIError) {
        if let users {
            self.users = users
        } else {
            var known: Set<UInt32> = [0, geteuid()]
            if let frontServer = AccountLookup.user(Self.frontServerAccount) { known.insert(frontServer) }
            self.users = known
        }
        var networks: [(address: IPAddress, bits: Int)] = []
        for text in addresses {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard let first = parts.first, let address = IPAddress(String(first)), parts.count <= 2 else {
                throw .malformedPeer(text)
            }
            let width = address.bytes.count * 8
            guard let bits = parts.count == 2 ? Int(parts[1]) : width, (0...width).contains(bits) else {
                throw .malformedPeer(text)
            }
            networks.append((address, bits))
        }
        self.networks = networks
    }

    /// Nil if the peer of the accepted connection may stay; otherwise who it is, for the log.
    func refusal(of descriptor: Int32, isUnix: Bool) -> String? {
        if isUnix {
            var user: UInt32 = 0
            guard unsafe cfcgi_peer_user(descriptor, &user) == 0 else { return "a user that the system does not tell" }
            return self.users.contains(user) ? nil : "user \(user)"
        }
        // A peer that has already gone has no address.
        guard case .ip(let address, _) = SocketAddress.peer(of: descriptor) else { return "a closed connection" }
        let isAllowed =
            self.networks.isEmpty
            ? address.isLoopback : self.networks.contains { address.matches($0.address, bits: $0.bits) }
        return isAllowed ? nil : "address \(address)"
    }
}
