/// What one responder accepts. Every limit has a unit and a reason.
package struct ResponderLimits: Sendable, Equatable {
    /// nginx keeps at most `keepalive` × its workers idle connections, and adds one for each request on its way: 4,096
    /// is far above both, and stays below the usual hard limit of descriptors.
    package static let defaultConnections = 4_096
    /// nginx accepts 4 × 8 KiB of request headers; the parameters repeat them and add a dozen of its own.
    package static let defaultParameterBytes = 64 << 10
    /// Over Segment's 500 KB batches and the 1 MiB that the gateway accepts decompressed.
    package static let defaultBodyBytes = 2 << 20
    /// What is read and thrown away so that a request that is too long can still be answered.
    package static let defaultDiscardedBytes = 64 << 20
    /// nginx has the whole request before it connects: a pause inside one means that it is gone.
    package static let defaultReadTimeout = Duration.seconds(10)
    /// nginx reads answers at once, also for slow clients, into its buffers and temporary files.
    package static let defaultWriteTimeout = Duration.seconds(10)
    /// The whole request, from its first byte to its last. Segment's servers give up after 5 s, browsers after 60 s.
    package static let defaultRequestTimeout = Duration.seconds(30)

    /// Open connections, idle ones included. Above it the kernel's backlog holds them until one closes.
    package var connections = Self.defaultConnections
    /// Bytes of all parameters of a request. Above it: 431.
    package var parameterBytes = Self.defaultParameterBytes
    /// Bytes of a body. Above it the body is discarded and ``Request/bodyExceedsLimit`` says so.
    package var bodyBytes = Self.defaultBodyBytes
    /// Bytes of one request that are read and discarded. Above it the connection is closed.
    package var discardedBytes = Self.defaultDiscardedBytes
    /// Longest pause between two bytes of a request.
    package var readTimeout = Self.defaultReadTimeout
    /// Longest pause in which the peer takes no byte of an answer.
    package var writeTimeout = Self.defaultWriteTimeout
    /// Longest time from a request's first byte to its last.
    package var requestTimeout = Self.defaultRequestTimeout

    package init() {}
}
