/// Where a responder waits for its front server.
package enum ListenAddress: Sendable, Equatable {
    /// A Unix socket made by this process, with these permission bits; `owner` and `group` are names or numbers, nil
    /// leaves them to the system.
    case unix(path: String, mode: UInt16, owner: String?, group: String?)
    /// TCP; port 0 takes a free one. Only loopback unless ``ResponderOptions/allowNonLoopback``.
    case tcp(host: String, port: UInt16)
    /// A listening socket that this process was started with: descriptor 0 (spawn-fcgi, lighttpd, mod_fcgid) or one of
    /// systemd's. It is made non-blocking, and never closed or unlinked here: others may share it.
    case inherited(descriptor: Int32)
}
