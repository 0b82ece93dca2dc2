import Glibc

/// Space that the spool keeps for the moment when its file system has none left.
///
/// Settlements are what makes room again, and they go through the write-ahead log, which starts over only when all of it has
/// been copied into the database. A database that cannot grow by the calls that only the log has would stop that for good.
/// A file of zeroes in the spool's directory, which becomes smaller when copying the log finds the disk full, and is filled
/// again when there is room.
///
/// A plain value; used on the committer thread, by the process that holds the commit lock. ``isHeld`` is safe on any thread.
struct SpaceReserve: Sendable {
    private let directory: SpoolDirectory

    /// How much is kept, in bytes: the log's size when it is copied, twice, because commits go on meanwhile.
    let bytes: Int64

    init(directory: SpoolDirectory, checkpointBytes: Int) {
        self.directory = directory
        self.bytes = Int64(checkpointBytes) * 2
    }

    /// Whether the space is there.
    var isHeld: Bool {
        var status = stat()
        return unsafe stat(self.directory.reserve, &status) == 0 && Int64(status.st_size) >= self.bytes
    }

    /// Takes the space if so much of the file system stays free. Does nothing if it is held.
    func take(leaving free: Int64) {
        guard !self.isHeld, (self.directory.freeBytes ?? 0) - self.bytes >= free else { return }
        self.directory.makePrivateFile(self.directory.reserve)
        let descriptor = unsafe open(self.directory.reserve, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // A part is worth nothing: the next one who looks would take it for all.
        if posix_fallocate(descriptor, 0, off_t(self.bytes)) != 0 { ftruncate(descriptor, 0) }
    }

    /// Gives a piece of the space away: no more than what the database lacks is to leave the reserve, lest the log takes it.
    ///
    /// - Returns: whether there was some.
    func releasePiece() -> Bool {
        var status = stat()
        guard unsafe stat(self.directory.reserve, &status) == 0, status.st_size > 0 else { return false }
        return unsafe truncate(self.directory.reserve, max(0, status.st_size - Self.pieceBytes)) == 0
    }

    private static let pieceBytes = off_t(64 << 10)
}
