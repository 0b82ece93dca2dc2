/// How a partition of a ``JetStreamSpool`` is doing, for showing.
///
/// A plain value; safe on any thread.
package struct PartitionState: Sendable, Equatable {
    /// The partition, from 0.
    package let partition: Int

    /// Which gateway delivers it; nil when none does, or none did lately.
    package let owner: String?

    /// Calls that wait.
    package let lag: Int

    /// The size of the partition's call stream on one server, in bytes. Settled calls are kept for a while: their ids are what
    /// duplicates are recognised by.
    package let bytes: Int64

    /// The server that leads the call stream; nil when there is none, or the servers are no cluster.
    package let leader: String?

    /// How many servers keep the stream, as it is set up.
    package let replicas: Int

    /// How many of them are up to date, the leader included.
    package let replicasCurrent: Int
}
