/// Where a sink's writer thread puts the lines. Called from that thread alone, but for the initialiser.
protocol LogOutput: AnyObject, Sendable {
    /// Writes a beginning of `bytes`, which hold whole lines, but for the rest of a line after a short write.
    func write(_ bytes: ArraySlice<UInt8>) -> LogWriteResult

    /// Opens the target again; on failure the old one stays in use.
    func reopen() throws(LogSinkError)

    /// Whether the rest of a line, cut short by a failed write, may follow where the write ended: false when somebody
    /// else has written there meanwhile.
    func continuesLine() -> Bool
}

/// What became of one write.
enum LogWriteResult: Equatable {
    /// So many bytes are written, at least one.
    case wrote(Int)
    /// The target takes nothing at the moment (a pipe whose reader is slow); it was waited for already.
    case busy
    /// The system refused; the errno.
    case failed(Int32)
}
