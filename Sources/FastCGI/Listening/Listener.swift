import CFastCGI
import Glibc
import Synchronization

/// A listening socket.
///
/// Threads: opened by the one that makes the responder, accepted from by all workers, closed by the one that stops it.
final class Listener: Sendable {
    /// Connections that the kernel keeps while no worker takes them; also capped by net.core.somaxconn.
    static let backlog: Int32 = 1_024

    let descriptor: Int32
    /// As the administrator would write it: `unix:/run/x.sock`, `127.0.0.1:9000`.
    let name: String
    /// Peers are known by their user, otherwise by their address.
    let isUnix: Bool
    /// Whether the descriptor, and the file at ``path``, are ours to remove.
    let isOwned: Bool
    /// The file of a Unix socket that this process made.
    private let file: SocketFile?
    private let isClosed = Atomic<Bool>(false)

    init(descriptor: Int32, name: String, isUnix: Bool, isOwned: Bool, file: SocketFile? = nil) {
        self.descriptor = descriptor
        self.name = name
        self.isUnix = isUnix
        self.isOwned = isOwned
        self.file = file
    }

    deinit {
        self.unlink()
        self.close()
    }

    /// - Parameter hasPeers: whether the options list TCP peers.
    static func open(
        _ address: ListenAddress,
        allowNonLoopback: Bool,
        hasPeers: Bool
    ) throws(FastCGIError) -> Listener {
        switch address {
        case .unix(let path, let mode, let owner, let group):
            return try Self.openUnix(path: path, mode: mode, owner: owner, group: group)
        case .tcp(let host, let port):
            return try Self.openTCP(host: host, port: port, allowNonLoopback: allowNonLoopback, hasPeers: hasPeers)
        case .inherited(let descriptor):
            return try Self.adopt(descriptor, allowNonLoopback: allowNonLoopback, hasPeers: hasPeers)
        }
    }

    /// Throws if an address is open to other machines without leave, or without a list of peers.
    static func checkReach(
        of address: IPAddress,
        name: String,
        allowNonLoopback: Bool,
        hasPeers: Bool
    ) throws(FastCGIError) {
        if address.isLoopback { return }
        guard allowNonLoopback else { throw .notLoopback(address: name) }
        guard hasPeers else { throw .peersMissing(address: name) }
    }

    /// Whether a connection waits to be accepted.
    var hasWaiting: Bool {
        var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// Removes the file of a Unix socket, if it is still the one that was made here. The socket goes on listening.
    func unlink() {
        self.file?.remove()
    }

    /// Nobody can connect any more. Of a Unix socket, what the kernel holds can still be accepted.
    func shutDown() {
        if self.isOwned { shutdown(self.descriptor, Int32(SHUT_RDWR)) }
    }

    /// Connections that the kernel has not handed over are reset. A descriptor that is not ours stays open.
    func close() {
        guard self.isOwned, !self.isClosed.exchange(true, ordering: .relaxed) else { return }
        Glibc.close(self.descriptor)
    }
}
