import Glibc

/// A small file system in memory, mounted on a directory of its own; it goes away with the object.
final class TestMount: Sendable {
    let path: String

    init(megabytes: Int) throws {
        var template = Array("/tmp/spool-mount-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw FixtureError.system(errno) }
        self.path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard unsafe mount("tmpfs", self.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            throw FixtureError.system(errno)
        }
    }

    deinit {
        // Lazily: the spools on it may still be closing.
        unsafe umount2(self.path, Int32(MNT_DETACH))
        unsafe rmdir(self.path)
    }

    func remount(readOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
        guard unsafe mount("tmpfs", self.path, "tmpfs", flags, nil) == 0 else { throw FixtureError.system(errno) }
    }

    /// Whether this process may mount.
    static let isPermitted: Bool = {
        guard geteuid() == 0 else { return false }
        return (try? TestMount(megabytes: 1)) != nil
    }()
}
