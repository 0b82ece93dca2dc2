import Segment
import Synchronization

/// Event readers for the worker threads, reused because each owns a parser and inflate state with grown buffers.
///
/// Any thread borrows and gives back; a reader is used by one thread at a time. The pool never holds more readers than
/// threads that borrowed at once.
final class ReaderPool: Sendable {
    /// - Note: `@unchecked Sendable` because a reader passes from thread to thread only through the pool's lock, and
    ///   between two passes exactly one thread has it.
    private struct Loan: @unchecked Sendable {
        let reader: EventReader
    }

    private let limits: SegmentLimits
    private let idle = Mutex<[Loan]>([])

    /// - Parameter limits: what every reader of this pool enforces; a reload with other limits makes another pool.
    init(limits: SegmentLimits) {
        self.limits = limits
    }

    /// Lends a reader for the duration of `body`.
    func withReader<Result>(_ body: (EventReader) throws(EdgeRejection) -> Result) throws(EdgeRejection) -> Result {
        let loan = self.idle.withLock { $0.popLast() } ?? Loan(reader: EventReader(limits: self.limits))
        defer { self.idle.withLock { $0.append(loan) } }
        return try body(loan.reader)
    }
}
