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
        guard let (host, port) = self.place(of: url), let socket = PlainSocket(host, port, seconds: seconds) else {
            return nil
        }
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

    /// The document of the first line, which is `INFO {…}`.
    private static func line(from socket: borrowing PlainSocket) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < self.maximumBytes {
            guard let piece = socket.receive(), !piece.isEmpty else { return nil }
            bytes += piece
            guard let end = bytes.firstIndex(of: 0x0A) else { continue }
            let line = bytes[..<end]
            guard line.starts(with: Array("INFO ".utf8)) else { return nil }
            return Array(line.dropFirst(5))
        }
        return nil
    }
}
