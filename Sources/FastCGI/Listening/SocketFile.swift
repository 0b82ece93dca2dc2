import Glibc

/// The file of a Unix socket: its path, and which file it was when we made it.
///
/// Threads: all; a value.
struct SocketFile: Sendable, Equatable {
    let path: String
    private let device: UInt
    private let inode: UInt

    enum Kind {
        case missing
        case socket
        case other
    }

    /// Remembers the file that stands at `path` now.
    init?(at path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.path = path
        self.device = UInt(status.st_dev)
        self.inode = UInt(status.st_ino)
    }

    static func kind(at path: String) -> Kind {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return .missing }
        return status.st_mode & S_IFMT == S_IFSOCK ? .socket : .other
    }

    /// A successor may have put its own socket there: that one stays.
    func remove() {
        guard SocketFile(at: self.path) == self else { return }
        unsafe _ = Glibc.unlink(self.path)
    }
}
