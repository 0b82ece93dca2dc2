/// The words that stand in the `reason` of ``Answer/retry(status:reason:message:after:)``, besides `http_<status>`.
///
/// A bounded set, fit for the label of a metric. A value; any thread.
package enum RetryReason: String, Sendable, CaseIterable {
    /// Nothing listens there.
    case connectRefused = "connect_refused"
    /// No connection within the time allowed.
    case connectTimeout = "connect_timeout"
    /// No connection for another reason: no route, no descriptors.
    case connectFailed = "connect_failed"
    /// The host's name has no address, or no name server answered.
    case dns
    /// The handshake failed, or the certificate is not trusted or not for this host.
    case tls
    /// The connection ended before the answer did.
    case connectionClosed = "connection_closed"
    /// Silence for too long.
    case readTimeout = "read_timeout"
    /// The whole exchange took too long.
    case deadline
    /// All connections were busy for too long.
    case poolExhausted = "pool_exhausted"
    /// What came back is not HTTP.
    case badAnswer = "bad_answer"
    /// A page of HTML under a status of success: something else than Hydra has answered, and has not kept the call.
    case notHydra = "not_hydra"
    /// The answer to a batch does not tell what became of each call.
    case badBatchAnswer = "bad_batch_answer"
    /// There is no `/v1/batch`.
    case noBatch = "no_batch"
    /// The endpoint's URL cannot be used.
    case badURL = "bad_url"
    /// The task was cancelled.
    case cancelled
    /// The client was shut down.
    case shutDown = "shut_down"
    /// Any other failure of the transport; the message has the details.
    case transport
}
