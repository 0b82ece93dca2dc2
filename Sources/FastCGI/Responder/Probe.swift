/// A question to the workers that takes the way of every event: it is answered as long as one of them takes events.
///
/// Threads: one at a time asks; a worker answers.
final class Probe: Sendable {
    /// In the event set.
    let question: Signal
    private let answered: Signal

    init() throws(FastCGIError) {
        self.question = try Signal()
        self.answered = try Signal()
    }

    /// True if a worker has answered before `deadline` (CLOCK_MONOTONIC in ns). A late answer to an earlier question
    /// counts as well: it shows the same.
    func ask(until deadline: UInt64) -> Bool {
        self.question.raise()
        guard self.answered.wait(until: deadline) else { return false }
        self.answered.clear()
        return true
    }

    /// A worker's.
    func answer() {
        self.question.clear()
        self.answered.raise()
    }
}
