import CFastCGI
import Glibc

extension Listener {
    /// Listens on the first address of `host`. The empty host and `*` are all addresses of the machine.
    static func openTCP(
        host: String,
        port: UInt16,
        allowNonLoopback: Bool,
        hasPeers: Bool
    ) throws(FastCGIError) -> Listener {
        let isAny = host.isEmpty || host == "*"
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(isAny ? nil : host, String(port), &hints, &list)
        guard result == 0, let first = unsafe list else { throw .unknownHost(host) }
        defer { unsafe freeaddrinfo(first) }

        let asked = "\(isAny ? "*" : host):\(port)"
        let socket = cfcgi_socket(unsafe first.pointee.ai_family)
        guard socket >= 0 else { throw .system(operation: "socket", address: asked, errno: errno) }
        do throws(FastCGIError) {
            // The port of a responder that has just ended is still in TIME_WAIT.
            _ = cfcgi_set_reuse_address(socket)
            guard unsafe bind(socket, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else {
                switch errno {
                case EADDRINUSE: throw .addressInUse(address: asked)
                case EACCES, EPERM: throw .permissionDenied(address: asked, operation: "bind")
                case EADDRNOTAVAIL: throw .unknownHost(host)
                default: throw .system(operation: "bind", address: asked, errno: errno)
                }
            }
            guard case .ip(let address, let port) = SocketAddress.local(of: socket) else {
                throw .system(operation: "getsockname", address: asked, errno: errno)
            }
            let name = address.bytes.count == 4 ? "\(address):\(port)" : "[\(address)]:\(port)"
            // Bound is not yet listening: nobody could connect so far.
            try Self.checkReach(of: address, name: name, allowNonLoopback: allowNonLoopback, hasPeers: hasPeers)
            guard listen(socket, Self.backlog) == 0 else {
                // Two sockets may be bound with SO_REUSEADDR, only one may listen.
                throw errno == EADDRINUSE
                    ? .addressInUse(address: name) : .system(operation: "listen", address: name, errno: errno)
            }
            return Listener(descriptor: socket, name: name, isUnix: false, isOwned: true)
        } catch {
            Glibc.close(socket)
            throw error
        }
    }
}
