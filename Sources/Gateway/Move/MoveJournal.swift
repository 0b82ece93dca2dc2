import Crypto
import Glibc
import Spool

/// What a move must know again when it was cut off: a secret of its own, which its deduplication keys come from, and how
/// far the rejected events are.
///
/// A file of four lines, replaced as a whole. A value; one owner.
struct MoveJournal {
    let path: String
    /// Where from and where to, so that no other move goes on with it.
    let from: String
    let to: String
    /// 32 hexadecimal digits.
    let token: String
    private(set) var rejectedThrough: Int64 = 0

    /// Goes on with the move that the file is of, or begins one.
    init(path: String, from: String, to: String) throws(SpoolMoveError) {
        self.path = path
        self.from = from
        self.to = to
        let text: String
        do throws(TextFile.Failure) {
            text = try TextFile.readWithMode(path, limit: 64 << 10).text
        } catch {
            guard error == .system(ENOENT) else { throw SpoolMoveError("\(path) \(error.message)") }
            self.token = RandomIdentifier.traceId()
            try self.write()
            return
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 4, lines[0].utf8.count == 32, let rejected = Int64(lines[3]) else {
            throw SpoolMoveError("\(path) is not what a move wrote; if none is unfinished, delete it")
        }
        guard lines[1] == from, lines[2] == to else {
            throw SpoolMoveError(
                "a move from \(lines[1]) to \(lines[2]) was cut off: finish that first, or delete \(path) if it is not "
                    + "wanted any more"
            )
        }
        self.token = lines[0]
        self.rejectedThrough = rejected
    }

    /// Notes that rejected events up to this one are on the other side.
    mutating func advance(rejectedThrough id: Int64) throws(SpoolMoveError) {
        self.rejectedThrough = id
        try self.write()
    }

    /// The move is done.
    func remove() {
        _ = unsafe unlink(self.path)
    }

    /// What a call is recognised by when this move brings it a second time, and by nothing else.
    func key(partition: Int, id: Int64, messageId: String) -> DedupeKey {
        var hasher = SHA256()
        hasher.update(data: Array("move \(self.token) \(partition) \(id) \(messageId)".utf8))
        return unsafe hasher.finalize().withUnsafeBytes { digest in
            DedupeKey(
                high: unsafe digest.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                low: unsafe digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
    }

    private func write() throws(SpoolMoveError) {
        let bytes = Array("\(self.token)\n\(self.from)\n\(self.to)\n\(self.rejectedThrough)\n".utf8)
        let temporary = self.path + ".new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw self.failure() }
        var error = Self.write(bytes, to: descriptor)
        if error == 0, fsync(descriptor) != 0 { error = errno }
        close(descriptor)
        guard error == 0 else { throw self.failure(error) }
        guard unsafe rename(temporary, self.path) == 0 else { throw self.failure() }
        // Without its token a move that goes on after a loss of power would take calls twice.
        let failure = DirectorySync.syncParent(of: self.path)
        guard failure == 0 else { throw self.failure(failure) }
    }

    /// Returns 0, or the errno.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return 0
    }

    private func failure(_ code: Int32 = errno) -> SpoolMoveError {
        SpoolMoveError("\(self.path) cannot be written: \(TextFile.describe(code))")
    }
}
