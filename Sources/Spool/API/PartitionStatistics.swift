/// How one partition of a spool that several gateways share is doing.
///
/// A plain value; safe on any thread.
package struct PartitionStatistics: Sendable, Equatable {
    /// The partition, from 0.
    package var partition: Int

    /// Which gateway delivers it, by the name that it gave itself; nil when none does, or none did lately.
    package var owner: String?

    /// Calls that wait.
    package var lag = 0

    /// The size of the partition on one server, in bytes. Settled calls may be kept for a while.
    package var bytes: Int64 = 0

    /// The server that leads it; nil when none does, and where one alone does not name itself.
    package var leader: String?

    /// How many servers keep it, as it is set up.
    package var replicas = 1

    /// How many of them are up to date, the leader included.
    package var replicasCurrent = 1

    package init(partition: Int) {
        self.partition = partition
    }
}
