import CFastCGI
import Glibc

extension Listener {
    /// The first descriptor that systemd passes (SD_LISTEN_FDS_START).
    private static let firstPassedDescriptor: Int32 = 3
    /// More than this is not a count but garbage.
    private static let mostPassedDescriptors: Int32 = 64

    /// Takes a listening socket that the process was started with.
    static func adopt(
        _ descriptor: Int32,
        allowNonLoopback: Bool,
        hasPeers: Bool
    ) throws(FastCGIError) -> Listener {
        guard cfcgi_is_listening(descriptor) == 1 else { throw .notListening(descriptor: descriptor) }
        let name: String
        let isUnix: Bool
        switch SocketAddress.local(of: descriptor) {
        case .unix(let path):
            name = path.isEmpty ? "inherited:\(descriptor)" : "unix:" + path
            isUnix = true
        case .ip(let address, let port):
            name = address.bytes.count == 4 ? "\(address):\(port)" : "[\(address)]:\(port)"
            isUnix = false
            try Self.checkReach(of: address, name: name, allowNonLoopback: allowNonLoopback, hasPeers: hasPeers)
        case nil:
            throw .notListening(descriptor: descriptor)
        }
        // A blocking accept would hold a worker when another process that shares the socket was faster. The flag is
        // shared too, but all that share the socket run this program; systemd sets the flag anew at each start.
        guard cfcgi_set_nonblocking(descriptor) == 0, cfcgi_set_close_on_exec(descriptor) == 0 else {
            throw .system(operation: "fcntl", address: name, errno: errno)
        }
        return Listener(descriptor: descriptor, name: name, isUnix: isUnix, isOwned: false)
    }

    /// Listening sockets that this process was given: systemd's LISTEN_FDS if they are meant for this process
    /// (LISTEN_PID), otherwise descriptor 0 if it is a listening socket.
    static func inheritedDescriptors(environment: (String) -> String?) -> [Int32] {
        if let pid = environment("LISTEN_PID").flatMap({ Int32($0) }), pid == getpid(),
            let count = environment("LISTEN_FDS").flatMap({ Int32($0) }),
            (1...self.mostPassedDescriptors).contains(count)
        {
            let passed = self.firstPassedDescriptor..<(self.firstPassedDescriptor + count)
            return passed.filter { cfcgi_is_listening($0) == 1 }
        }
        return cfcgi_is_listening(0) == 1 ? [0] : []
    }
}
