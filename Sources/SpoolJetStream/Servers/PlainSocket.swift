internal import Glibc

/// Owns a TCP connection without TLS, for the little that servers say before or beside NATS.
///
/// One thread; blocks, for so many seconds at most each time.
struct PlainSocket: ~Copyable {
    private let descriptor: Int32

    /// nil when nobody listens there.
    init?(_ host: String, _ port: String, seconds: Int) {
        guard let descriptor = Self.connect(host, port, seconds) else { return nil }
        self.descriptor = descriptor
    }

    deinit { _ = close(self.descriptor) }

    /// Whether all of it was sent.
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { piece in
                unsafe Glibc.send(self.descriptor, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What came next; empty at the end, nil when the connection broke or nothing came in time.
    func receive() -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe recv(self.descriptor, &piece, piece.count, 0)
            if count < 0, errno == EINTR { continue }
            return count < 0 ? nil : Array(piece.prefix(count))
        }
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
}
