/// What bounds the metrics' memory, and the default buckets.
package enum MetricsLimits {
    /// Series of all metrics together: about 200 sources with some 20 series each. A label that somebody fills with
    /// message ids would otherwise eat the memory.
    package static let series = 5000
    /// Bytes of one label value, cut beyond.
    package static let labelValueBytes = 256
    /// Buckets of a timer in seconds: a commit on a fast disk takes less than a millisecond, a slow endpoint up to its
    /// time-out of 10 s.
    package static let timerBuckets: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Buckets of a recorder, whose unit is the caller's: counts and bytes, 1 to 1,000,000.
    package static let recorderBuckets: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000,
    ]
    /// Bounds of one histogram that are used; further ones are ignored.
    package static let buckets = 24
}
