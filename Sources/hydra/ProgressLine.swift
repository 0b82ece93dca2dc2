import Foundation
import Glibc
import HydraSample
import Synchronization
import Telemetry

/// Shows progress on standard error: one line that changes on a terminal, now and then a line elsewhere.
///
/// Any thread.
final class ProgressLine: Sendable {
    private static let isTerminal = isatty(STDERR_FILENO) == 1
    /// Seconds between two lines.
    private static let pause = isTerminal ? 0.2 : 5.0

    private let days: Int
    private let start = Date()
    private let shown = Mutex(Date.distantPast)

    init(days: Int) {
        self.days = days
    }

    func show(_ progress: SampleProgress) {
        let seconds = max(Date().timeIntervalSince(self.start), 0.001)
        let rate = Int(Double(progress.events) / seconds)
        self.show("day \(progress.days) of \(self.days), \(progress.events) events, \(rate)/s")
    }

    func show(_ text: String) {
        let now = Date()
        let isDue = self.shown.withLock { shown in
            guard now.timeIntervalSince(shown) >= Self.pause else { return false }
            shown = now
            return true
        }
        guard isDue else { return }
        let line = TerminalText.line("hydra sample: \(text)", columns: 120)
        FileHandle.standardError.write(Data((Self.isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n").utf8))
    }

    func end() {
        if Self.isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
