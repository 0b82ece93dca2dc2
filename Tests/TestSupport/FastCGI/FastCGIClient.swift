import Glibc

/// A front server's end of a FastCGI connection that sends exactly the bytes it is told to.
///
/// Blocking, with a time limit on every read and write. Threads: one at a time.
package final class FastCGIClient: Sendable {
    package enum Failure: Error, Equatable {
        /// The responder has closed the connection.
        case closed
        /// Nothing came within the time limit.
        case timeout
        case malformed(String)
    }

    package let descriptor: Int32

    /// - Parameter address: as ``Responder/addresses`` has it: `unix:/path` or `127.0.0.1:9000`.
    package init(_ address: String, timeout: Int = 20) throws {
        let result: Int32
        if address.hasPrefix("unix:") {
            self.descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var target = sockaddr_un()
            target.sun_family = sa_family_t(AF_UNIX)
            let path = Array(address.dropFirst(5).utf8)
            unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: path) }
            result = unsafe withUnsafePointer(to: &target) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { [descriptor] pointer in
                    unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        } else {
            self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            let parts = address.split(separator: ":")
            var target = sockaddr_in()
            target.sin_family = sa_family_t(AF_INET)
            target.sin_port = (UInt16(parts.last ?? "") ?? 0).bigEndian
            unsafe _ = inet_pton(AF_INET, String(parts.first ?? ""), &target.sin_addr)
            result = unsafe withUnsafePointer(to: &target) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { [descriptor] pointer in
                    unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        guard result == 0 else {
            // `deinit` closes: it runs, since everything is initialised.
            let number = errno
            throw TestError("connect to \(address) failed: errno \(number)")
        }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        unsafe setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        var on: Int32 = 1
        unsafe setsockopt(
            self.descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    deinit {
        close(self.descriptor)
    }

    /// Sends all of it; `closed` if the responder has closed the connection.
    package func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    self.descriptor,
                    buffer.baseAddress?.advanced(by: offset),
                    buffer.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw errno == EAGAIN ? Failure.timeout : Failure.closed }
            offset += count
        }
    }

    /// No more bytes will come from here.
    package func finishSending() {
        shutdown(self.descriptor, Int32(SHUT_WR))
    }

    /// Exactly `count` bytes.
    package func receive(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var offset = 0
        while offset < count {
            let received = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(self.descriptor, buffer.baseAddress?.advanced(by: offset), count - offset, 0)
            }
            if received == 0 { throw Failure.closed }
            // With a time limit on the socket, a handler's SA_RESTART does not help.
            if received < 0, errno == EINTR { continue }
            guard received > 0 else { throw errno == EAGAIN ? Failure.timeout : Failure.closed }
            offset += received
        }
        return bytes
    }

    /// Reads records up to the end of a request.
    package func answer() throws -> FastCGIAnswer {
        var answer = FastCGIAnswer()
        while true {
            let header = try self.receive(8)
            guard header[0] == 1 else { throw Failure.malformed("version \(header[0])") }
            let content = try self.receive(Int(header[4]) << 8 | Int(header[5]))
            _ = try self.receive(Int(header[6]))
            answer.request = UInt16(header[2]) << 8 | UInt16(header[3])
            switch header[1] {
            case 6: answer.output += content
            case 7: answer.errors += content
            case 3:
                guard content.count == 8 else { throw Failure.malformed("end of \(content.count) bytes") }
                answer.protocolStatus = content[4]
                return answer
            default: throw Failure.malformed("record of type \(header[1])")
            }
        }
    }

    package func exchange(_ request: [UInt8]) throws -> FastCGIAnswer {
        try self.send(request)
        return try self.answer()
    }

    /// Waits for the responder to close the connection; true if it did so without sending anything before.
    package func isClosedByPeer() throws -> Bool {
        do {
            _ = try self.receive(1)
            return false
        } catch Failure.closed {
            return true
        }
    }
}
