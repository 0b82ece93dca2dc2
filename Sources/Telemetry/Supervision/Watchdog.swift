import Glibc

/// Gives the service manager its signs of life for as long as there is life: a process that has stopped working is
/// killed and started again.
///
/// A thread of its own asks; thread-safe.
package final class Watchdog: Sendable {
    /// Asked this often in the time within which a sign must come: one late answer is not the end.
    private static let questions: UInt64 = 3

    private let end = WakeUp()
    private let thread: pthread_t

    /// Begins to ask; nil if the manager wants no sign of life, or the system has no thread to give.
    ///
    /// - Parameter isAlive: waits for at most so long for whoever does the work; false if there was no answer.
    package init?(_ manager: ServiceManager, isAlive: @escaping @Sendable (Duration) -> Bool) {
        guard let time = manager.watchdogNanoseconds else { return nil }
        let interval = max(1, time / Self.questions)
        let end = self.end
        let thread = BackgroundThread.start {
            while !end.wait(until: Clock.monotonicNanoseconds() &+ interval) {
                if isAlive(.nanoseconds(Int64(clamping: interval))) { manager.alive() }
            }
        }
        guard let thread else { return nil }
        self.thread = thread
    }

    /// Asks no more. Once.
    package func stop() {
        self.end.raise()
        pthread_join(self.thread, nil)
    }
}
