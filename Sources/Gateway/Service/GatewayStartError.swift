/// Why the gateway could not start. Nothing was listening yet when it is thrown.
package struct GatewayStartError: Error, Sendable, CustomStringConvertible {
    /// What happened, where, and what to do.
    package let message: String

    package var description: String { self.message }

    package init(_ message: String) {
        self.message = message
    }
}
