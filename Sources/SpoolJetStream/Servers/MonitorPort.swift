internal import JSON

/// A server's monitoring port, asked in HTTP without TLS.
///
/// Stateless; blocks.
enum MonitorPort {
    private static let maximumBytes = 1 << 20

    /// What the server behind an address (`http://host:port`) says of itself; nil when it does not within about so many seconds.
    static func report(of address: String, seconds: Int) -> ServerReport? {
        guard let (host, port) = ServerGreeting.place(of: address),
            let socket = PlainSocket(host, port, seconds: seconds),
            // 1.0: the answer is in one piece, and the server closes behind it.
            socket.send(
                Array(
                    "GET /varz HTTP/1.0\r\nHost: \(host.contains(":") ? "[\(host)]" : host):\(port)\r\nConnection: close\r\n\r\n"
                        .utf8
                )
            )
        else { return nil }
        var bytes: [UInt8] = []
        let until = ContinuousClock.now + .seconds(seconds)
        while true {
            guard let piece = socket.receive(), bytes.count <= self.maximumBytes, ContinuousClock.now < until else {
                return nil
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return self.report(inAnswer: bytes)
    }

    static func report(inAnswer bytes: [UInt8]) -> ServerReport? {
        let end = Array("\r\n\r\n".utf8)
        guard let line = bytes.split(separator: 0x0D, maxSplits: 1, omittingEmptySubsequences: false).first,
            line.starts(with: Array("HTTP/1.".utf8)), line.dropFirst(8).starts(with: Array(" 200".utf8)),
            let head = bytes.indices.first(where: { bytes[$0...].starts(with: end) }),
            let document = try? JSONParser(maximumBytes: self.maximumBytes).parse(Array(bytes[(head + end.count)...]))
        else { return nil }
        return ServerReport(monitor: document)
    }
}
