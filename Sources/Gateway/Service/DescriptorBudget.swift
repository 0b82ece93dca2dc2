import Telemetry

/// How many FastCGI connections the process may hold open under its limit of descriptors, so that it never runs out of them.
///
/// Running out is worse than turning senders away: libdispatch ends the process when it cannot open a file of `/proc` to see
/// how its threads are doing (`_dispatch_workq_count_runnable_workers`). A plain value.
struct DescriptorBudget {
    /// The process's limit of open descriptors.
    let limit: Int

    /// What everything but connections takes at most: files of the spool, log, wakers, timers, connections to Hydra.
    let reserved: Int

    /// With fewer than these a start is refused.
    static let leastConnections = 16

    /// - Parameters:
    ///   - limit: nil takes that of this process.
    ///   - workers: the responder's threads; each has a poll and a waker, and as many belong to the client's.
    ///   - hydraConnections: to all destinations together.
    init(limit: Int? = nil, workers: Int, hydraConnections: Int) {
        self.limit = limit ?? Self.ofThisProcess
        // An idle gateway with four workers has 42; files are opened and closed beside them.
        self.reserved = 48 + min(workers, 1_024) * 4 + min(hydraConnections, 1 << 20)
    }

    /// How many connections to hold: as many as wanted, or as there is room for.
    ///
    /// - Throws: when there is room for too few to serve anybody.
    func connections(wanted: Int) throws(GatewayStartError) -> Int {
        let room = self.limit - self.reserved
        guard room >= min(wanted, Self.leastConnections) else {
            throw GatewayStartError(
                "the limit of open files is \(self.limit), and \(self.reserved + Self.leastConnections) are needed at least:"
                    + " raise it (LimitNOFILE= of the unit, or ulimit -n)"
            )
        }
        return min(wanted, room)
    }

    private static var ofThisProcess: Int {
        guard let limit = ProcessFigures.read()?.maximumDescriptors, limit > 0 else { return .max }
        return Int(clamping: limit)
    }
}
