internal import Spool

/// What the servers' reports mean for calls that are acknowledged.
///
/// Stateless.
enum ServerJudgement {
    /// - Parameters:
    ///   - reports: the last of each server that ever answered.
    ///   - streams: the names of the servers of each stream; none for a server without a cluster.
    static func durability(_ reports: [String: ServerReport], streams: [[String]]) -> Durability {
        let known = streams.filter { !$0.isEmpty }
        let keepers = Set(known.joined())
        let relevant = keepers.isEmpty ? Array(reports.values) : reports.values.filter { keepers.contains($0.name) }
        let lax = relevant.filter { !$0.syncsAlways }.map(\.name).sorted()
        // Which servers make up the majority is theirs to choose: one that does not sync may be among them.
        guard lax.isEmpty else { return .majorityMemory(servers: lax) }
        guard !relevant.isEmpty else { return .unknown }
        // A minority may be down, and is asked when it is back.
        let isHeard = known.allSatisfy { servers in
            servers.count(where: { reports[$0] != nil }) > servers.count / 2
        }
        return isHeard ? .majorityDisks : .unknown
    }
}
