import Glibc

/// The service manager that has started this process, and is told how it is: systemd's protocol, as sd_notify(3) has it.
///
/// Each message is one datagram to the socket that NOTIFY_SOCKET names. libsystemd does no more than that, and would
/// have to be there on hosts without systemd too. Thread-safe.
@safe package final class ServiceManager: Sendable {
    private let descriptor: Int32
    private let address: sockaddr_un
    private let addressBytes: socklen_t

    /// How often it wants a sign of life, in nanoseconds; nil if it wants none.
    package let watchdogNanoseconds: UInt64?

    /// The manager of this process; nil if nobody waits for messages.
    ///
    /// - Parameter environment: looks up a variable; the process' own by default.
    package init?(environment: (String) -> String? = ServiceManager.variable) {
        guard let name = environment("NOTIFY_SOCKET"), let first = name.utf8.first else { return nil }
        var path = Array(name.utf8)
        // A leading @ stands for the NUL of the abstract name space.
        if first == UInt8(ascii: "@") { path[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        // An abstract name ends with the length that is given, a path with its NUL.
        let prefix = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
        self.addressBytes = socklen_t(prefix + path.count + (path.first == 0 ? 0 : 1))
        self.address = address
        self.descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.watchdogNanoseconds = Self.watchdog(environment)
        guard self.descriptor >= 0 else { return nil }
    }

    deinit {
        if self.descriptor >= 0 { close(self.descriptor) }
    }

    /// Requests are served from now on.
    ///
    /// - Returns: false if the message could not be sent; the manager will take the start for failed.
    @discardableResult
    package func ready(status: String) -> Bool {
        self.send("READY=1\nSTATUS=\(status)")
    }

    /// The end has begun.
    @discardableResult
    package func stopping() -> Bool {
        self.send("STOPPING=1\nSTATUS=answering what has begun")
    }

    /// A sign of life. One that finds the manager's queue full is not waited with: the next one comes soon.
    @discardableResult
    package func alive() -> Bool {
        self.send("WATCHDOG=1", flags: Int32(MSG_DONTWAIT))
    }

    private func send(_ message: String, flags: Int32 = 0) -> Bool {
        var address = self.address
        let bytes = Array(message.utf8)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                while true {
                    let count = unsafe sendto(
                        self.descriptor,
                        bytes,
                        bytes.count,
                        flags | Int32(MSG_NOSIGNAL),
                        pointer,
                        self.addressBytes
                    )
                    if count >= 0 || errno != EINTR { return count == bytes.count }
                }
            }
        }
    }

    /// WATCHDOG_USEC, unless WATCHDOG_PID says that it is meant for another process.
    private static func watchdog(_ environment: (String) -> String?) -> UInt64? {
        guard let microseconds = environment("WATCHDOG_USEC").flatMap(UInt64.init), microseconds > 0 else { return nil }
        if let process = environment("WATCHDOG_PID"), process != String(getpid()) { return nil }
        let (nanoseconds, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : nanoseconds
    }

    /// A variable of the process' environment.
    package static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
