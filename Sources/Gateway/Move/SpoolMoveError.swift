/// Why a spool could not be moved. What was moved so far stays moved; the same command goes on.
package struct SpoolMoveError: Error, Sendable, CustomStringConvertible {
    /// What happened, and what to do.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { self.message }
}
