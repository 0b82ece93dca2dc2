/// How ``HydraClient`` talks to Hydra.
///
/// A value; any thread.
package struct HydraClientConfiguration: Sendable {
    /// How long a TCP connection may take, and how long a call may wait for a free connection.
    package var connectTimeout: Duration = .seconds(3)

    /// The longest silence of Hydra while an answer is awaited or read.
    package var readTimeout: Duration = .seconds(10)

    /// From the call's start to the last byte of its answer, whatever happens in between.
    package var requestTimeout: Duration = .seconds(15)

    /// Connections for each scheme, host and port. At least as many as the relay has calls under way to one of them,
    /// otherwise calls wait for a free one.
    package var connections = 32

    /// How long an unused connection is kept. Below the 75 s after which nginx closes it, so that no call is sent into
    /// a connection that is being closed.
    package var idleTimeout: Duration = .seconds(30)

    /// A PEM file of certificates that are trusted beside the system's; nil for the system's alone.
    package var caFile: String?

    /// The largest request of ``CallSending/send(batch:to:)``, in bytes; larger batches are sent in several requests.
    /// The contract allows 16 MiB; nginx keeps what is over its buffers in a file, so there is nothing to gain by it.
    package var maximumBatchBytes = 4 << 20

    /// Stands in `User-Agent` after `hydra-gateway/`.
    package var version: String

    package init(version: String) {
        self.version = version
    }
}
