/// One FastCGI request, whole: nothing in it belongs to libfcgi or to the connection.
///
/// Threads: all; a value.
package struct Request: Sendable {
    let storedParameters: Parameters
    /// What the front server sent as the body; empty if ``bodyExceedsLimit``.
    package let body: [UInt8]
    /// The body was longer than ``ResponderLimits/bodyBytes``: it was read and discarded.
    package let bodyExceedsLimit: Bool
    /// CLOCK_MONOTONIC in nanoseconds when the request's first byte was seen.
    package let started: UInt64

    init(parameters: Parameters, body: [UInt8], bodyExceedsLimit: Bool, started: UInt64) {
        self.storedParameters = parameters
        self.body = body
        self.bodyExceedsLimit = bodyExceedsLimit
        self.started = started
    }

    /// The FastCGI parameter of exactly this name, such as `REQUEST_METHOD`; the first if it was sent twice. Bytes that
    /// are not UTF-8 become U+FFFD; a value ends at its first NUL, as everywhere behind libfcgi.
    package subscript(_ name: StaticString) -> String? {
        unsafe self.withParameter(name) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A request header by the name that front servers give it: `HTTP_X_SIGNATURE`, and `CONTENT_TYPE` as it is.
    package func header(_ name: StaticString) -> String? {
        self[name]
    }

    /// Lends the bytes of a parameter without making a string; nil if it was not sent. They end with `body`.
    package func withParameter<R>(_ name: StaticString, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        unsafe self.storedParameters.withValue(name, body)
    }

    /// All parameters in the order in which they came. Slow: for tests and debugging.
    package var parameters: [(name: String, value: String)] {
        self.storedParameters.all
    }
}
