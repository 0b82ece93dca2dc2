/// How calls leave the spool. A value; reloadable.
package struct DeliverySettings: Equatable, Sendable {
    /// false only takes in: another process on the same spool delivers, or `hydra-gateway deliver --once` from cron.
    package internal(set) var enabled = true
    /// true sends several calls in one request to `/v1/batch`; the endpoint must have it.
    package internal(set) var batch = false
    /// Calls of one batch, 100; Hydra takes 500.
    package internal(set) var maximumBatch = 100
    /// Requests under way to one endpoint and key, 16.
    package internal(set) var concurrency = 16
    /// Bound of the first retry's pause, 1 s; it doubles with every attempt, and the pause is a random part of it.
    package internal(set) var retryBase: Duration = .seconds(1)
    /// Bound that is not exceeded, 5 min.
    package internal(set) var retryCap: Duration = .seconds(300)
    /// How long a call is tried before it becomes a dead letter, 72 h: a weekend.
    package internal(set) var retryFor: Duration = .seconds(72 * 3600)
    /// How often a key that was refused (401, 403) is tried with one call, 60 s.
    package internal(set) var probeInterval: Duration = .seconds(60)
    /// Failures one after the other after which an endpoint is left alone for a while, 5.
    package internal(set) var breakerFailures = 5
}
