/// One place where the gateway listens. A value.
package enum ListenSetting: Hashable, Sendable, CustomStringConvertible {
    /// A Unix socket at an absolute path.
    case unix(path: String)
    /// An IP address; `localhost` is kept as it is written.
    case tcp(host: String, port: UInt16)
    /// What the starter handed over: file descriptor 0, or systemd's LISTEN_FDS.
    case inherited

    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
        case .inherited: "inherited"
        }
    }

    /// Whether only this machine reaches it.
    package var isLocal: Bool {
        guard case .tcp(let host, _) = self else { return true }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
