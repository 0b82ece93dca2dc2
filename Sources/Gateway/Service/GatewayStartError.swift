/// Why the gateway could not start. Nothing was listening yet when it is thrown.
package struct GatewayStartError: Error, Sendable {
    /// What happened, where, and what to do.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
