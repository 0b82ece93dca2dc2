/// Sends calls to Hydra: ``HydraClient``, or a test's own.
///
/// Never throws: whatever happens to a call is an ``Answer``. A cancelled task gets `.retry` with reason `cancelled`.
package protocol CallSending: Sendable {
    /// Sends one call and waits for its answer, bounded in time.
    func send(_ call: Call, to endpoint: Endpoint) async -> Answer

    /// Sends several calls in one request; returns one answer for each, in order. Empty for no calls.
    func send(batch: [Call], to endpoint: Endpoint) async -> [Answer]
}
