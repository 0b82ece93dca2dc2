/// How a ``Responder`` works.
package struct ResponderOptions: Sendable, Equatable {
    /// Threads that read requests and run the handler. They never wait for a slow peer, so few are enough.
    package static let defaultWorkers = 4
    /// nginx: `fastcgi_param HTTP_X_REQUEST_ID $request_id`, or the client's own header.
    package static let defaultTraceParameter = "HTTP_X_REQUEST_ID"

    /// At least 1.
    package var workers = Self.defaultWorkers
    /// Users that may connect to Unix sockets. Nil: the user of this process, root, and www-data if it exists.
    package var allowedUsers: Set<UInt32>?
    /// Addresses and networks (`10.0.0.7`, `10.0.0.0/8`) that may connect by TCP. Empty: this machine.
    package var allowedAddresses: [String] = []
    package var limits = ResponderLimits()
    /// Listen on addresses that other machines reach. ``allowedAddresses`` must not be empty then.
    package var allowNonLoopback = false
    /// The parameter that names a request in this responder's log lines.
    package var traceParameter: String? = Self.defaultTraceParameter

    package init() {}
}
