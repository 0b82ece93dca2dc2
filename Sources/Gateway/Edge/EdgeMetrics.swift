import Metrics
import Synchronization

/// Counters and timers of the edge, made once for each route and status class.
///
/// Any thread. The set of routes is fixed (``Segment/Route``'s labels), so the number of series is bounded.
final class EdgeMetrics: Sendable {
    private struct Key: Hashable {
        let path: String
        let statusClass: Int
    }

    private struct Handles {
        let requests: Counter
        let duration: Metrics.Timer
    }

    private let factory: any MetricsFactory
    private let handles = Mutex<[Key: Handles]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Counts one answered request and its duration from the first byte to the answer.
    func answered(path: StaticString, status: Int, nanoseconds: UInt64) {
        let handles = self.handles(path: "\(path)", statusClass: status / 100)
        handles.requests.increment()
        handles.duration.recordNanoseconds(Int64(clamping: nanoseconds))
    }

    /// Counts a request that was refused, or an event that was not taken, by the code of its reason: a bounded set.
    func rejected(reason: String) {
        Counter(label: "hydra_gateway_rejections_total", dimensions: [("reason", reason)], factory: self.factory)
            .increment()
    }

    private func handles(path: String, statusClass: Int) -> Handles {
        self.handles.withLock { handles in
            let key = Key(path: path, statusClass: statusClass)
            if let found = handles[key] { return found }
            let made = Handles(
                requests: Counter(
                    label: "hydra_gateway_requests_total",
                    dimensions: [("route", path), ("status", "\(statusClass)xx")],
                    factory: self.factory
                ),
                duration: Metrics.Timer(
                    label: "hydra_gateway_request_duration_seconds",
                    dimensions: [("route", path)],
                    factory: self.factory
                )
            )
            handles[key] = made
            return made
        }
    }
}
