import Dispatch
import HydraDataPoints
import Synchronization

/// Where lookups leave what they found until the sourcing thread comes for it.
///
/// Any thread delivers, wakes and stops; one waits.
final class Mailbox: Sendable {
    struct Letter: Sendable {
        let lookup: SourcingWork.Lookup
        let facts: SourcedFacts
        /// Nanoseconds.
        let duration: UInt64

        /// - Parameter began: of ``MonotonicClock``.
        init(lookup: SourcingWork.Lookup, facts: SourcedFacts, began: UInt64) {
            self.lookup = lookup
            self.facts = facts
            self.duration = MonotonicClock.now() &- began
        }
    }

    struct Delivery: Sendable {
        var letters: [Letter] = []
        var isStopping = false
        var isWoken = false
    }

    private let content = Mutex(Delivery())
    private let signal = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)

    func deliver(_ letter: Letter) {
        self.change { $0.letters.append(letter) }
    }

    func wake() {
        self.change { $0.isWoken = true }
    }

    func stop() {
        self.change { $0.isStopping = true }
        self.stopped.signal()
    }

    /// Signals once for all that comes before it is fetched.
    private func change(_ body: (inout Delivery) -> Void) {
        let isFirst = self.content.withLock { content in
            let wasEmpty = content.letters.isEmpty && !content.isWoken && !content.isStopping
            body(&content)
            return wasEmpty
        }
        if isFirst { self.signal.signal() }
    }

    /// Blocks until something comes or time is up.
    ///
    /// - Parameter time: nil for as long as it takes.
    func wait(atMost time: Duration?) -> Delivery {
        if let time {
            _ = self.signal.wait(timeout: .now() + .milliseconds(Int(time / .milliseconds(1))))
        } else {
            self.signal.wait()
        }
        return self.content.withLock { content in
            defer { content = Delivery(isStopping: content.isStopping) }
            return content
        }
    }

    /// Blocks for so long unless it is to stop; what comes meanwhile stays in the box.
    ///
    /// - Returns: whether it is.
    func rest(_ time: Duration) -> Bool {
        // Told once, and whoever rests ends then: it is not signalled again.
        if !self.content.withLock({ $0.isStopping }) {
            _ = self.stopped.wait(timeout: .now() + .milliseconds(Int(clamping: time.milliseconds)))
        }
        return self.content.withLock { $0.isStopping }
    }
}
