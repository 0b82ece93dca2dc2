/// What bounds the logs' memory.
package enum LogLimits {
    /// Bytes of lines that wait for the disk, 8 MiB: about 20,000 lines, a second of a busy responder.
    package static let bufferBytes = 8 << 20
    /// Bytes of one string value, 8 KiB; the rest is cut and `…` stands in its place. A message from outside must not
    /// fill the buffer with one line.
    package static let valueBytes = 8 << 10
    /// Characters of a metadata key.
    package static let keyScalars = 64
    /// Elements of one metadata array, and of one metadata dictionary.
    package static let elements = 64
    /// Nanoseconds before a failed write is tried again, 100 ms, doubled up to `retryCap`: the disk that is full stays so
    /// for a while, and a thread that spins would take the CPU from the intake.
    static let retryBase: UInt64 = 100_000_000
    /// Nanoseconds, 1 s.
    static let retryCap: UInt64 = 1_000_000_000
    /// Nanoseconds that `flush` and `close` wait for a target that does not take the lines, 2 s: well within the 10 s
    /// that a shutdown has.
    static let drain: UInt64 = 2_000_000_000
    /// Bytes that one write gives to a pipe or terminal, PIPE_BUF on Linux: such a write is atomic, so that processes
    /// which share a pipe do not mix their lines, and does not block once `poll` found room.
    static let pipeBytes = 4096
    /// Bytes that one write gives to a file, 256 KiB.
    static let fileBytes = 256 << 10
    /// How long the writer gathers lines after it was woken, in nanoseconds: a reader of the log does not notice 10 ms,
    /// and at 15,000 requests/s it spares the machine 15,000 context switches.
    static let gatherPause: UInt64 = 10_000_000
}
