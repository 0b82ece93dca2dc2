/// Why the gateway could not start. Nothing was listening yet when it is thrown.
package struct GatewayStartError: Error, Sendable, CustomStringConvertible {
    /// What happened, where, and what to do.
    package let message: String
    /// Whether trying again is of no use before somebody has changed something.
    package let isLasting: Bool

    package var description: String { self.message }

    package init(_ message: String, isLasting: Bool = false) {
        self.message = message
        self.isLasting = isLasting
    }
}
