import CFastCGI
import Glibc

/// The system's text for an error number. Any thread.
func systemMessage(_ number: Int32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let base = buffer.baseAddress, unsafe strerror_r(number, base, buffer.count) == 0 else {
            return "error \(number)"
        }
        return unsafe String(cString: base)
    }
}

/// Nanoseconds of CLOCK_MONOTONIC. Any thread.
func monotonicNow() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
}

extension Duration {
    /// Whole nanoseconds, from 0 to 2⁶² (146 years): sums of two of them do not overflow.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = self.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return 1 << 62 }
        return min(scaled &+ UInt64(attoseconds) / 1_000_000_000, 1 << 62)
    }
}
