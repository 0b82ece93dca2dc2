import Glibc

/// Puts on disk that a file has its name: a name is in its directory, which is synced apart from the file.
///
/// Stateless; blocks on the disk.
package enum DirectorySync {
    /// Syncs a directory. Returns 0, or the errno of the step that failed.
    @discardableResult
    package static func sync(_ path: String) -> Int32 {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // Some file systems know no such thing, and need none.
        return fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno
    }

    /// Syncs the directory that a file or a directory is in.
    @discardableResult
    package static func syncParent(of path: String) -> Int32 {
        guard let slash = path.lastIndex(of: "/") else { return self.sync(".") }
        return self.sync(slash == path.startIndex ? "/" : String(path[..<slash]))
    }
}
