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
    /// A file that is no secret, such as one that a loss of power left empty, is replaced: whoever asks next has the new one.
    ///
    /// - Returns: nil when it can be neither read nor made.
    package init?(directory: String) {
        let path = "\(directory)/.secret"
        if let known = Self.read(path) {
            self.value = known
            return
        }
        // Of several that make one the first wins; the others wait, and read it.
        let lock = SmallFile.openRetrying(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { return nil }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 { guard errno == EINTR else { return nil } }
        if let known = Self.read(path) {
            self.value = known
            return
        }
        let made = Self.random()
        guard SmallFile.replace(path, through: path + ".new", with: made, mode: 0o600, syncs: true) == 0 else {
            return nil
        }
        self.value = made
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
