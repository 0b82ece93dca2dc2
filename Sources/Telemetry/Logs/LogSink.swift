import Glibc
import Logging
import Synchronization

/// Takes finished log lines from any thread and writes them with a thread of its own.
///
/// ``write(_:)`` holds a mutex for as long as it takes to copy the line, and never waits for a disk or a pipe. At most
/// `capacityBytes` wait; beyond that lines are dropped and counted, and one line says how many as soon as there is room
/// again. A target that fails (disk full, reader gone) is tried again ten times a second, then once a second, while the
/// lines wait; the process goes on. Thread-safe.
///
/// ```swift
/// let sink = try LogSink(.file("/var/log/hydra-gateway/gateway.jsonl"))
/// LoggingSystem.bootstrap { ECSLogHandler(sink: sink, dataset: "hydra-gateway", label: $0) }
/// ```
package final class LogSink: Sendable {
    /// Where the lines go.
    package enum Target: Sendable, Equatable {
        case standardError
        /// Appended to; created with mode 0640. Its directory must exist.
        case file(String)
        /// Kept in memory, for tests: see ``LogSink/memoryLines``.
        case memory
    }

    private let output: any LogOutput
    private let dataset: StaticString
    private let buffer: SystemMutex<LogBuffer>
    private let wakeUp: WakeUp
    private let failures: Atomic<UInt64>
    private let closeDeadline: Atomic<UInt64>
    private let thread: Mutex<pthread_t?>

    /// Opens the target and starts the writer thread.
    ///
    /// - Parameters:
    ///   - capacityBytes: the most bytes of lines that wait.
    ///   - dataset: `event.dataset` of the sink's own lines (drops, reopening).
    /// - Throws: when the file cannot be opened.
    package convenience init(
        _ target: Target,
        capacityBytes: Int = LogLimits.bufferBytes,
        dataset: StaticString = "hydra-gateway"
    ) throws(LogSinkError) {
        let output: any LogOutput
        switch target {
        case .standardError: output = DescriptorOutput(borrowing: STDERR_FILENO)
        case .file(let path): output = try DescriptorOutput(path: path)
        case .memory: output = MemoryOutput()
        }
        try self.init(output: output, capacityBytes: capacityBytes, dataset: dataset)
    }

    /// A sink over any output.
    init(output: any LogOutput, capacityBytes: Int, dataset: StaticString = "hydra-gateway") throws(LogSinkError) {
        self.output = output
        self.dataset = dataset
        self.buffer = SystemMutex(LogBuffer(capacity: capacityBytes))
        self.wakeUp = WakeUp()
        self.failures = Atomic(0)
        self.closeDeadline = Atomic(0)
        self.thread = Mutex(nil)
        // The writer holds the sink until `close`: a sink that is forgotten keeps writing rather than losing lines.
        guard let thread = BackgroundThread.start({ self.run() }) else { throw .noThread }
        self.thread.withLock { $0 = thread }
    }

    /// Lines dropped since the start: the buffer was full, the sink closed, or the target failed until the end.
    package var dropped: UInt64 { self.buffer.withLock { $0.dropped } }

    /// Lines accepted since the start.
    package var accepted: UInt64 { self.buffer.withLock { $0.accepted } }

    /// Writes that the target refused since the start; the lines were kept and tried again.
    package var writeFailures: UInt64 { self.failures.load(ordering: .relaxed) }

    /// Queues one line, or drops it when there is no room. Never blocks on the target.
    ///
    /// - Parameter line: one complete line with its line feed, as ``LogLine/finish()`` makes it.
    package func write(_ line: [UInt8]) {
        let mustWake = self.buffer.withLock { $0.append(line) }
        if mustWake {
            self.wakeUp.raise()
        }
    }

    /// Has the file opened again under its name, after a rotation. Returns at once; the writer thread does it before it
    /// writes the next lines. If the file cannot be opened, the old one stays in use and an error line says so.
    package func reopen() {
        self.buffer.withLock { $0.requestReopen() }
        self.wakeUp.raise()
    }

    /// Waits until all lines of before are written, at most 2 s. Blocks; not for worker threads.
    ///
    /// - Returns: false when the target did not take them in time; they stay queued.
    @discardableResult
    package func flush() -> Bool {
        guard let event = self.buffer.withLock({ $0.awaitSettled() }) else { return true }
        self.wakeUp.raise()
        return event.wait(until: Clock.monotonicNanoseconds() &+ LogLimits.drain)
    }

    /// Writes what waits, at most 2 s, and ends the writer thread; what cannot be written by then is counted as dropped,
    /// as is every later line. Blocks; idempotent.
    package func close() {
        guard let thread = self.thread.withLock({ $0.take() }) else { return }
        self.closeDeadline.store(Clock.monotonicNanoseconds() &+ LogLimits.drain, ordering: .releasing)
        if self.buffer.withLock({ $0.beginClosing() }) {
            self.wakeUp.raise()
        }
        pthread_join(thread, nil)
    }

    /// The lines of a ``Target/memory`` sink, each without its line feed, after waiting for the queued ones.
    package var memoryLines: [String] {
        self.flush()
        guard let memory = self.output as? MemoryOutput else { return [] }
        return memory.contents.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: The writer thread

    private func run() {
        var batch: [UInt8] = []
        while true {
            let step = self.buffer.withLock { $0.next(exchanging: &batch) }
            switch step {
            case .write(let lines, let dropped):
                if dropped > 0 {
                    batch.append(contentsOf: self.dropNote(dropped))
                }
                let lost = self.writeOut(&batch)
                let ready = self.buffer.withLock { $0.settle(lines: lines, lost: min(lost, lines)) }
                for event in ready {
                    event.raise()
                }
                if batch.capacity > LogLimits.fileBytes {
                    // A burst's storage goes back to the system.
                    batch = []
                } else {
                    batch.removeAll(keepingCapacity: true)
                }
            case .reopen:
                var note = self.reopenOutput()
                _ = self.writeOut(&note)
            case .park:
                self.wakeUp.wait()
                // A busy process wakes this thread a hundred times a second instead of once a line. Closing, flushing
                // and reopening raise again and end the pause; lines do not, since the thread is not parked now.
                self.wakeUp.wait(until: Clock.monotonicNanoseconds() &+ LogLimits.gatherPause)
            case .finish:
                return
            }
        }
    }

    /// Writes a whole batch however often that must be tried; returns how many lines were given up at closing.
    private func writeOut(_ batch: inout [UInt8]) -> UInt64 {
        var offset = 0
        var pause = LogLimits.retryBase
        while offset < batch.count {
            switch self.output.write(batch[offset...]) {
            case .wrote(let count):
                offset += count
                pause = LogLimits.retryBase
            case .busy:
                if self.isPastDeadline { return Self.countLines(batch[offset...]) }
                self.prepareRetry(of: &batch, at: &offset)
            case .failed:
                self.failures.add(1, ordering: .relaxed)
                if self.isPastDeadline { return Self.countLines(batch[offset...]) }
                // Woken early by closing, flushing and reopening only: a sleeping writer is not marked as parked.
                self.wakeUp.wait(until: Clock.monotonicNanoseconds() &+ pause)
                pause = min(pause &* 2, LogLimits.retryCap)
                self.prepareRetry(of: &batch, at: &offset)
            }
        }
        return 0
    }

    /// After a pause, goes back to the beginning of a line that was cut short when the target is another one by now, or
    /// when somebody else has written behind the cut.
    private func prepareRetry(of batch: inout [UInt8], at offset: inout Int) {
        let wasReopened = self.buffer.withLock { $0.takeReopen() }
        if wasReopened {
            batch.append(contentsOf: self.reopenOutput())
        }
        let isCut = offset > 0 && batch[offset - 1] != UInt8(ascii: "\n")
        guard isCut, wasReopened || !self.output.continuesLine() else { return }
        offset = batch[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }

    private var isPastDeadline: Bool {
        let deadline = self.closeDeadline.load(ordering: .acquiring)
        return deadline > 0 && Clock.monotonicNanoseconds() >= deadline
    }

    /// Opens the target again; returns a line that says why it could not be, or nothing.
    private func reopenOutput() -> [UInt8] {
        do throws(LogSinkError) {
            try self.output.reopen()
            return []
        } catch {
            self.failures.add(1, ordering: .relaxed)
            var line = LogLine(
                level: .error,
                message: "The log file could not be opened again; the old one stays in use.",
                action: "log_reopen",
                dataset: self.dataset
            )
            line.add(FieldName.errorCode, error.code.rawValue)
            line.add(FieldName.errorMessage, error.message)
            return line.finish()
        }
    }

    private func dropNote(_ count: UInt64) -> [UInt8] {
        var line = LogLine(
            level: .warning,
            message: "Log lines were dropped because the log's target did not take them in time.",
            action: "log_dropped",
            dataset: self.dataset
        )
        line.add(FieldName.count, count)
        return line.finish()
    }

    private static func countLines(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(into: 0) { count, byte in
            if byte == UInt8(ascii: "\n") { count += 1 }
        }
    }
}
