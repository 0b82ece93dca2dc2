/// What one request, and all of them together, may take. A value; reloadable, but for what the open connections hold.
package struct LimitSettings: Equatable, Sendable {
    /// Open FastCGI connections, 4,096: nginx' `keepalive` times its workers, with ample room; each takes some 20 KB.
    package internal(set) var connections = 4096
    /// Bytes of a request's FastCGI parameters, 64 KiB: twice what nginx accepts as headers by default.
    package internal(set) var parameterBytes = 64 << 10
    /// Bytes of a request's body as it comes, 2 MiB: a batch of 1 MiB that is not compressed, and clients that count
    /// differently. nginx' client_max_body_size should agree.
    package internal(set) var requestBytes = 2 << 20
    /// Bytes of one event, 32 KiB: Segment's limit.
    package internal(set) var eventBytes = 32 << 10
    /// Bytes of a batch after decompression, 1 MiB: twice Segment's limit, which some clients pass by a little. It also
    /// bounds what a zip bomb may fill.
    package internal(set) var batchBytes = 1 << 20
    /// Events of one batch, 2,500: Segment's limit. Excess ones are rejected one by one.
    package internal(set) var batchEvents = 2500
    /// Levels of nesting of one event, 128: no client comes near; a hostile one does.
    package internal(set) var depth = 128
    /// Bytes of one identifier (userId, anonymousId, messageId), 1,024.
    package internal(set) var identifierBytes = 1024
    /// Waiting for more of a request that has begun, 10 s.
    package internal(set) var readTimeout: Duration = .seconds(10)
    /// Waiting for nginx to take an answer, 10 s.
    package internal(set) var writeTimeout: Duration = .seconds(10)
    /// From a request's first byte to its answer, 30 s.
    package internal(set) var requestTimeout: Duration = .seconds(30)
}
