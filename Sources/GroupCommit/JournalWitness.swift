import Glibc

/// Tells after a sync whether ext4's journal still works: without it the sync may have answered for what is lost.
///
/// `fdatasync` waits for the transaction that holds the file's new blocks. When ext4 gives its journal up (an I/O error,
/// `mount -o remount,abort`), that transaction is dropped, and a sync that asks for it next finds none to wait for and
/// answers 0: `jbd2_complete_transaction` in fs/jbd2/journal.c, Linux 6.18. Until the superblock is written, some
/// milliseconds later, nothing else refuses. Reserving space that is there already does: it has to open a transaction,
/// which a journal that was given up refuses from the first moment. It changes nothing and takes 0.6 us there; the other
/// file systems remember such an error themselves, and do it about as fast.
///
/// Any thread. The descriptor is borrowed: it must be open for writing, and for as long as this is used.
package struct JournalWitness: Sendable {
    private let descriptor: Int32

    /// - Parameter descriptor: of a file on the file system in question whose sync nobody waits for, such as a lock file;
    ///   it becomes at least one byte long.
    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The error number because of which a sync that succeeded before must not be believed; nil if it may.
    package func failure() -> Int32? {
        let code = posix_fallocate(self.descriptor, 0, 1)
        // Anything else, no space for that one byte among it, says nothing about the journal.
        return code == EROFS || code == EIO || code == ESHUTDOWN ? code : nil
    }
}
