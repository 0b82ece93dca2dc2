internal import Glibc
internal import JSON

/// What a server says of itself before it is asked anything: the first line of a connection, in clear text also where TLS follows.
///
/// libnats reads it and does not hand it on. Stateless; blocks.
enum ServerGreeting {
    /// Far longer than any: a cluster of a hundred servers is a few KiB.
    private static let maximumBytes = 64 << 10

    /// The version of a server; nil when it cannot be had within about so many seconds.
    ///
    /// - Parameter url: `nats://host:port`, or `tls://host:port`.
    static func version(of url: String, seconds: Int) -> ServerVersion? {
        guard let (host, port) = self.place(of: url), let socket = self.connect(host, port, seconds) else { return nil }
        defer { _ = close(socket) }
        guard let line = self.line(from: socket), let document = try? JSONParser().parse(line) else { return nil }
        return document.root["version"]?.string.flatMap { ServerVersion($0) }
    }

    /// The host, without the brackets of an IPv6 address, and the port.
    static func place(of url: String) -> (host: String, port: String)? {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        rest = rest.prefix { $0 != "/" }
        guard let colon = rest.lastIndex(of: ":") else { return nil }
        var host = rest[..<colon]
        let port = rest[rest.index(after: colon)...]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, UInt16(port) != nil else { return nil }
        return (String(host), String(port))
    }

    private static func connect(_ host: String, _ port: String, _ seconds: Int) -> Int32? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, port, &hints, &found) == 0 else { return nil }
        defer { unsafe freeaddrinfo(found) }
        var next = unsafe found
        while let address = unsafe next {
            unsafe next = address.pointee.ai_next
            let socket = unsafe socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Self.closeOnExec, 0)
            guard socket >= 0 else { continue }
            // Bounds connecting as well.
            var patience = timeval(tv_sec: seconds, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
            unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
            if unsafe Glibc.connect(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return socket }
            _ = close(socket)
        }
        return nil
    }

    private static let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)

    /// The document of the first line, which is `INFO {…}`.
    private static func line(from socket: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < self.maximumBytes {
            let count = unsafe recv(socket, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            bytes += piece.prefix(count)
            guard let end = bytes.firstIndex(of: 0x0A) else { continue }
            let line = bytes[..<end]
            guard line.starts(with: Array("INFO ".utf8)) else { return nil }
            return Array(line.dropFirst(5))
        }
        return nil
    }
}
