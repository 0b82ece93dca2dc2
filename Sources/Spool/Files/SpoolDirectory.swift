import Glibc

/// The spool's directory and the files in it.
///
/// A plain value; safe on any thread.
struct SpoolDirectory: Sendable {
    let path: String

    init(path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The database. Never open it with anything but SQLite: closing any descriptor of it would drop SQLite's own locks.
    var database: String { "\(self.path)/spool.sqlite" }

    /// Whether the database is there, as far as this user may see.
    var hasDatabase: Bool {
        var status = stat()
        return unsafe stat(self.database, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// SQLite's write-ahead log of it.
    var log: String { "\(self.database)-wal" }

    /// Held while a process commits.
    var commitLock: String { "\(self.path)/commit.lock" }

    /// Held by the process that delivers.
    var deliverLock: String { "\(self.path)/deliver.lock" }

    /// A FIFO that wakes the process that delivers.
    var bell: String { "\(self.path)/bell" }

    /// Space for the moment when there is none.
    var reserve: String { "\(self.path)/reserve" }

    /// Makes sure that the directory is there and may be written.
    func prepare() throws(SpoolError) {
        var status = stat()
        if unsafe stat(self.path, &status) != 0 {
            guard errno == ENOENT else { throw self.error(errno, "could not be looked at") }
            if unsafe mkdir(self.path, 0o750) != 0, errno != EEXIST { throw self.creationError(errno) }
            self.giveToOwner(self.path)
            // SQLite syncs what is in it, and nobody else the directory above.
            let failure = DirectorySync.syncParent(of: self.path)
            guard failure == 0 else { throw self.error(failure, "could not be synced to the disk") }
        } else if status.st_mode & S_IFMT != S_IFDIR {
            throw SpoolError(
                code: .missing,
                message: "The spool directory \(self.path) is a file. Name a directory.",
                retryAfterSeconds: SpoolError.longPause
            )
        }
        guard unsafe access(self.path, R_OK | W_OK | X_OK) == 0 else {
            throw self.error(errno, "may not be written by user \(geteuid())")
        }
    }

    /// Gives a file that root has just made to the directory's owner: a command that root runs in between must not lock
    /// the gateway's own user out. SQLite does the same for the files beside its database.
    func giveToOwner(_ file: String) {
        guard geteuid() == 0 else { return }
        let owned = file == self.path ? "\(self.path)/.." : self.path
        var status = stat()
        guard unsafe stat(owned, &status) == 0, status.st_uid != 0 else { return }
        _ = unsafe lchown(file, status.st_uid, status.st_gid)
    }

    /// Makes an empty file that the world cannot read, if nothing stands under the name: the spool holds personal data.
    /// SQLite gives the files beside its database the same mode and owner. Errors are left to who opens the file.
    func makePrivateFile(_ file: String) {
        // Only if it is new: a file that SQLite has open must not be closed by anyone else.
        let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return }
        close(descriptor)
        self.giveToOwner(file)
    }

    /// Which file stands under a name at the moment; nil if none does.
    static func identity(of path: String) -> FileIdentity? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// What this process may still write to the file system, in bytes; nil if it cannot be asked.
    var freeBytes: Int64? {
        var status = statvfs()
        guard unsafe statvfs(self.path, &status) == 0 else { return nil }
        let blocks = geteuid() == 0 ? status.f_bfree : status.f_bavail
        let (bytes, overflow) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }

    /// Moves the database away, with its log, under a name that tells when; returns the new name.
    ///
    /// The caller holds the commit lock and has closed its own connections. Connections of other processes go on with
    /// the moved file until they look at the name, which they do before every commit.
    func setAside(at milliseconds: Int64) -> String? {
        let stamp = Self.stamp(milliseconds)
        var aside = "\(self.database).corrupt-\(stamp)"
        var attempt = 1
        while Self.identity(of: aside) != nil, attempt < 1000 {
            attempt += 1
            aside = "\(self.database).corrupt-\(stamp)-\(attempt)"
        }
        guard unsafe rename(self.database, aside) == 0 else { return nil }
        for suffix in ["-wal", "-shm"] { _ = unsafe rename(self.database + suffix, aside + suffix) }
        // Before another database has the name: after a loss of power its log must not stand beside this one.
        DirectorySync.sync(self.path)
        return aside
    }

    /// Copies the write-ahead log to a name that tells when; returns the name, nil if there is no room for it.
    func copyLogAside(at milliseconds: Int64) -> String? {
        let aside = "\(self.log).damaged-\(Self.stamp(milliseconds))"
        let source = unsafe open(self.log, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { return nil }
        defer { close(source) }
        self.makePrivateFile(aside)
        let target = unsafe open(aside, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard target >= 0 else { return nil }
        defer { close(target) }
        var copied = 0
        repeat {
            copied = sendfile(target, source, nil, 1 << 30)
        } while copied > 0 || (copied < 0 && errno == EINTR)
        if copied < 0 { _ = unsafe Glibc.unlink(aside) }
        return copied < 0 ? nil : aside
    }

    /// `20260102T030405Z`
    private static func stamp(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = unsafe strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func creationError(_ code: Int32) -> SpoolError {
        switch code {
        case ENOENT:
            SpoolError(
                code: .missing,
                message: "The spool directory \(self.path) cannot be created: the directory above it does not exist."
                    + " Create it, or name another one.",
                retryAfterSeconds: SpoolError.longPause
            )
        default: self.error(code, "could not be created")
        }
    }

    private func error(_ code: Int32, _ what: String) -> SpoolError {
        SpoolError(errno: code, "The spool directory \(self.path) \(what)")
    }
}

/// Which file it is, whatever its name.
struct FileIdentity: Sendable, Equatable {
    let device: UInt64
    let inode: UInt64
}
