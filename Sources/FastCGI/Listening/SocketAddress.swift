import CFastCGI
import Glibc

/// The address at one end of a socket.
enum SocketAddress: Equatable, Sendable {
    case ip(IPAddress, port: UInt16)
    case unix(path: String)

    /// The socket's own address; nil for another family or a closed peer.
    static func local(of descriptor: Int32) -> SocketAddress? {
        Self.read(descriptor, remote: 0)
    }

    static func peer(of descriptor: Int32) -> SocketAddress? {
        Self.read(descriptor, remote: 1)
    }

    private static func read(_ descriptor: Int32, remote: Int32) -> SocketAddress? {
        var bytes = [UInt8](repeating: 0, count: 16)
        var port: UInt16 = 0
        var path = [UInt8](repeating: 0, count: Int(cfcgi_longest_socket_path()) + 1)
        let family = unsafe path.withUnsafeMutableBytes { path in
            unsafe cfcgi_address(
                descriptor,
                remote,
                &bytes,
                &port,
                path.baseAddress?.assumingMemoryBound(to: CChar.self),
                path.count
            )
        }
        switch family {
        case AF_INET: return .ip(IPAddress(Array(bytes.prefix(4))), port: port)
        case AF_INET6: return .ip(IPAddress(bytes), port: port)
        case AF_UNIX: return .unix(path: String(decoding: path.prefix { $0 != 0 }, as: UTF8.self))
        default: return nil
        }
    }
}
