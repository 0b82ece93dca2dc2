/// Where a call is when its append has been answered: what the sender's 200 means.
///
/// A plain value; safe on any thread.
package enum Durability: Sendable, Equatable {
    /// On this machine's disk.
    case disk

    /// On the disks of a majority of the servers: each of them syncs before it acknowledges.
    case majorityDisks

    /// In the memory of a majority of the servers: those that are named here sync only now and then.
    case majorityMemory(servers: [String])

    /// Not known: too few of the servers have said whether they sync.
    case unknown

    /// Whether an acknowledged call outlives a loss of power.
    package var isOnDisk: Bool { self == .disk || self == .majorityDisks }

    /// A word for programs.
    package var code: String {
        switch self {
        case .disk: "disk"
        case .majorityDisks: "majority-disks"
        case .majorityMemory: "majority-memory"
        case .unknown: "unknown"
        }
    }
}

extension Durability: CustomStringConvertible {
    /// What a 200 means, for people: `the call is …`.
    package var description: String {
        switch self {
        case .disk: "on the disk of this machine"
        case .majorityDisks: "on the disks of a majority of the servers"
        case .majorityMemory(let servers):
            "in the memory of a majority of the servers; not synced always: \(servers.joined(separator: ", "))"
        case .unknown: "with a majority of the servers; whether on their disks they have not said"
        }
    }
}
