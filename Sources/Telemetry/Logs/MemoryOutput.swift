import Synchronization

/// Lines kept in memory, for tests. Any thread.
final class MemoryOutput: LogOutput {
    private let bytes = Mutex<[UInt8]>([])

    var contents: [UInt8] { self.bytes.withLock { $0 } }

    func write(_ bytes: ArraySlice<UInt8>) -> LogWriteResult {
        self.bytes.withLock { $0.append(contentsOf: bytes) }
        return .wrote(bytes.count)
    }

    func reopen() {}

    func continuesLine() -> Bool { true }
}
