import GRDB
import Glibc
import GroupCommit
import Synchronization

/// Held by the one process that serves a data directory: the identity cache is true only while nobody else writes
/// persons. The kernel lets go of it however the process ends.
///
/// Any thread.
final class StoreLock: Sendable {
    private let descriptor: Atomic<Int32>
    private let journal: JournalWitness

    init(directory: String) throws(EngineError) {
        let path = directory + "/hydra.lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .directory(path: directory, reason: "hydra.lock cannot be opened: \(SystemMessage.last)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let message = SystemMessage.last
            _ = close(descriptor)
            throw isHeld ? .inUse(path: directory) : .directory(path: directory, reason: "hydra.lock: \(message)")
        }
        self.descriptor = Atomic(descriptor)
        self.journal = JournalWitness(descriptor)
    }

    deinit {
        self.release()
    }

    /// Throws if what was synced in the directory may be lost although the sync succeeded. Not after ``release()``.
    func confirmSync() throws {
        guard let code = self.journal.failure() else { return }
        throw DatabaseError(
            resultCode: .SQLITE_IOERR,
            message: "the file system has given up its journal (\(SystemMessage.text(code))): see the kernel's log"
        )
    }

    /// Lets the next process have the directory. Idempotent.
    func release() {
        let descriptor = self.descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        if descriptor >= 0 { _ = close(descriptor) }
    }
}

/// The system's words for an error.
enum SystemMessage {
    static var last: String { self.text(errno) }

    static func text(_ code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
