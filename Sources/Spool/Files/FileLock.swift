import Glibc
import GroupCommit

/// An exclusive lock between processes, and between spools of one process, on a file of the spool's directory.
///
/// It is held while the object lives and goes away with the process. Safe on any thread.
final class FileLock: Sendable {
    private let path: String
    private let descriptor: Int32
    private let identity: FileIdentity?
    private let journal: JournalWitness

    /// Opens the file, creating it if it is not there, and waits for the lock. Blocks.
    static func acquire(_ path: String, in directory: SpoolDirectory) throws(SpoolError) -> FileLock {
        while true {
            let lock = try FileLock(path, in: directory)
            try lock.lock()
            // While waiting the file may have been deleted, and another made, which others lock now.
            if lock.isCurrent { return lock }
        }
    }

    /// Opens the file without locking it.
    init(_ path: String, in directory: SpoolDirectory) throws(SpoolError) {
        var made = true
        var descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        if descriptor < 0, errno == EEXIST {
            made = false
            descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        }
        guard descriptor >= 0 else { throw SpoolError(errno: errno, "The lock file \(path) could not be opened") }
        if made { directory.giveToOwner(path) }
        var status = stat()
        self.identity =
            unsafe fstat(descriptor, &status) == 0
            ? FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)) : nil
        self.path = path
        self.descriptor = descriptor
        self.journal = JournalWitness(descriptor)
    }

    deinit {
        // Closing the only descriptor releases the lock.
        close(self.descriptor)
    }

    /// Waits for the lock. Blocks.
    func lock() throws(SpoolError) {
        while flock(self.descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw SpoolError(errno: errno, "The lock file \(self.path) could not be locked")
            }
        }
    }

    func unlock() {
        flock(self.descriptor, LOCK_UN)
    }

    /// Throws if what was synced in the lock's directory may be lost although the sync succeeded.
    func confirmSync() throws(SpoolError) {
        guard let code = self.journal.failure() else { return }
        throw SpoolError(errno: code, "The file system of \(self.path) has given up its journal")
    }

    /// Whether the locked file still stands under its name.
    var isCurrent: Bool {
        self.identity != nil && SpoolDirectory.identity(of: self.path) == self.identity
    }
}
