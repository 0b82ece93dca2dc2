/// Why the relay did not run.
///
/// A value; any thread.
package enum RelayError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `run` or `deliverOnce` was called while another call of them had not returned.
    case alreadyRunning

    /// The bounded part of the error, for logs and metrics.
    package var code: String {
        switch self {
        case .alreadyRunning: "already_running"
        }
    }

    package var description: String {
        switch self {
        case .alreadyRunning:
            "The relay is already delivering in this process. Wait until it has returned, or use a relay of its own."
        }
    }
}
