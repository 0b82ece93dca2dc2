import Glibc

/// Random bytes that all processes of one directory share and nobody else knows, made by the first that asks.
///
/// A value; any thread. Making it blocks on the disk.
package struct SharedSecret: Sendable {
    /// 256 bits: as long as the hash it is used with.
    package static let bytes = 32

    package let value: [UInt8]

    /// Reads the secret of `directory`, making it (mode 0600) if there is none.
    ///
    /// - Returns: nil when it can be neither read nor made.
    package init?(directory: String) {
        let path = "\(directory)/.secret"
        if let known = Self.read(path) {
            self.value = known
            return
        }
        // Whole before it has its name, so that nobody reads a part; of two that make one the first wins.
        let temporary = "\(directory)/.secret.\(getpid())"
        unsafe unlink(temporary)
        let made = Self.random()
        guard SmallFile.replace(temporary + ".new", through: temporary, with: made, mode: 0o600) == 0 else {
            return nil
        }
        _ = unsafe link(temporary + ".new", path)
        unsafe unlink(temporary + ".new")
        guard let shared = Self.read(path) else { return nil }
        self.value = shared
    }

    /// Fresh random bytes, for a process that has no directory to share.
    package static func random() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<Self.bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private static func read(_ path: String) -> [UInt8]? {
        SmallFile.read(path, limit: Self.bytes).flatMap { $0.count == Self.bytes ? $0 : nil }
    }
}
