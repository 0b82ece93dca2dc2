import Glibc

/// Whole small files, read and replaced without Foundation. Blocks on the disk; any thread.
enum SmallFile {
    /// Reads a file, `/proc` files included.
    ///
    /// - Parameter limit: the most bytes that are read; a longer file counts as unreadable.
    /// - Returns: nil when the file is missing, unreadable or longer than `limit`.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = openRetrying(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(64 << 10, limit + 1))
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if count == 0 { return contents }
            contents.append(contentsOf: chunk[..<count])
            if contents.count > limit { return nil }
        }
    }

    /// Puts `contents` at `path` in one step: readers see the old file or the new one, never a part.
    ///
    /// - Parameters:
    ///   - temporary: a path in the same directory that nobody else writes.
    ///   - syncs: whether it is to be there after a loss of power, too.
    /// - Returns: 0, or the errno of the step that failed; the temporary file is then gone.
    static func replace(
        _ path: String,
        through temporary: String,
        with contents: [UInt8],
        mode: mode_t,
        syncs: Bool = false
    )
        -> Int32
    {
        let descriptor = openRetrying(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { return errno }
        var failure = writeAll(contents, to: descriptor)
        if failure == 0, syncs, fsync(descriptor) != 0 {
            failure = errno
        }
        if close(descriptor) != 0, failure == 0 {
            failure = errno
        }
        if failure == 0, unsafe rename(temporary, path) != 0 {
            failure = errno
        }
        if failure != 0 {
            unsafe unlink(temporary)
        } else if syncs {
            self.syncDirectory(of: path)
        }
        return failure
    }

    /// Puts the file's name on disk. Best effort: the file itself is there.
    private static func syncDirectory(of path: String) {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = self.openRetrying(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// `open(2)`, again when a signal interrupts it; -1 with errno otherwise.
    static func openRetrying(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
        while true {
            let descriptor = unsafe open(path, flags, mode)
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
                return unsafe write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            offset += count
        }
        return 0
    }
}
