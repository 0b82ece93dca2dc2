package import Hydra
internal import HydraLimits

/// Where the calls of a source go, and how many at once.
///
/// Sources with an equal ``endpoint`` share one breaker, one rate limit and one concurrency limit; if their other
/// settings differ, those that were looked up last count. A value; any thread.
package struct Destination: Sendable, Hashable {
    /// The most calls that one batch may carry: the contract's limit.
    package static let batchLimit = CallLimits.batchCalls

    /// The Hydra and the account on it.
    package let endpoint: Endpoint

    /// Whether calls travel together (`POST /v1/batch`) or one in a request.
    package let batch: Bool

    /// The most requests in flight to the endpoint at a time; at least 1.
    package let concurrency: Int

    /// The most calls in one batch, 1 to ``batchLimit``.
    package let maximumBatch: Int

    /// Values out of range are brought into it.
    package init(endpoint: Endpoint, batch: Bool, concurrency: Int, maximumBatch: Int = Destination.batchLimit) {
        self.endpoint = endpoint
        self.batch = batch
        self.concurrency = max(1, concurrency)
        self.maximumBatch = min(max(1, maximumBatch), Self.batchLimit)
    }
}
