import Glibc
import Synchronization

/// Lines into a file, a pipe or a terminal.
///
/// A file is opened with O_APPEND and gets whole lines in each write, so that several processes may share it. A pipe or
/// terminal is asked for room first and gets at most PIPE_BUF bytes at a time, so that a slow reader never holds the
/// writer thread. Used by the sink's writer thread.
final class DescriptorOutput: LogOutput {
    private struct State {
        var descriptor: Int32
        var isRegular: Bool
    }

    /// nil: the descriptor is somebody else's (standard error) and is neither opened again nor closed.
    private let path: String?
    private let state: Mutex<State>

    /// Opens or creates the file with mode 0640.
    init(path: String) throws(LogSinkError) {
        let (descriptor, isRegular) = try Self.open(path)
        self.path = path
        self.state = Mutex(State(descriptor: descriptor, isRegular: isRegular))
    }

    /// Uses an open descriptor and leaves it open.
    init(borrowing descriptor: Int32) {
        self.path = nil
        self.state = Mutex(State(descriptor: descriptor, isRegular: Self.isRegular(descriptor)))
    }

    deinit {
        if self.path != nil {
            close(self.state.withLock { $0.descriptor })
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) -> LogWriteResult {
        let (descriptor, isRegular) = self.state.withLock { ($0.descriptor, $0.isRegular) }
        if !isRegular, !Self.hasRoom(descriptor) { return .busy }
        let limit = isRegular ? LogLimits.fileBytes : LogLimits.pipeBytes
        let part = Self.wholeLines(of: bytes, limit: limit)
        let count = unsafe part.withUnsafeBytes { buffer in
            unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        }
        if count > 0 { return .wrote(count) }
        if count == 0 { return .busy }
        switch errno {
        case EINTR, EAGAIN: return .busy
        case let error: return .failed(error)
        }
    }

    func reopen() throws(LogSinkError) {
        guard let path else { return }
        let (descriptor, isRegular) = try Self.open(path)
        let old = self.state.withLock { state in
            let old = state.descriptor
            state = State(descriptor: descriptor, isRegular: isRegular)
            return old
        }
        close(old)
    }

    func continuesLine() -> Bool {
        let (descriptor, isRegular) = self.state.withLock { ($0.descriptor, $0.isRegular) }
        guard isRegular else { return true }
        // After an O_APPEND write the descriptor's position is where that write ended.
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return lseek(descriptor, 0, SEEK_CUR) == status.st_size
    }

    private static func open(_ path: String) throws(LogSinkError) -> (descriptor: Int32, isRegular: Bool) {
        let descriptor = SmallFile.openRetrying(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o640)
        guard descriptor >= 0 else {
            throw errno == EISDIR ? .notRegular(path) : .notOpened(path, errno)
        }
        return (descriptor, self.isRegular(descriptor))
    }

    private static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Waits up to a tenth of a second for room, so that closing is never far away.
    private static func hasRoom(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // An error or a hang-up counts as room: the write then says which it is.
        return unsafe poll(&request, 1, 100) > 0
    }

    /// The most whole lines that fit into `limit` bytes; a longer first line is cut at `limit`.
    private static func wholeLines(of bytes: ArraySlice<UInt8>, limit: Int) -> ArraySlice<UInt8> {
        guard bytes.count > limit else { return bytes }
        let part = bytes.prefix(limit)
        guard let end = part.lastIndex(of: UInt8(ascii: "\n")) else { return part }
        return part[...end]
    }
}
