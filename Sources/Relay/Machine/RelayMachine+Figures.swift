internal import HeapModule

/// The figures.
extension RelayMachine {
    /// What the machine did and holds. Takes a time that grows with the number of sources.
    func figures(at now: RelayTime) -> RelayFigures {
        var figures = RelayFigures()
        figures.delivered = self.counters.delivered
        figures.retried = self.counters.retried
        figures.dead = self.counters.dead
        figures.inFlight = self.requests.calls
        figures.windowCalls = self.pool.count
        figures.windowBytes = self.pool.bytes
        figures.unsettled = self.settling.count
        figures.lanes = self.lanes.count
        figures.blockedLanes = self.blockedLanes
        figures.retryingLanes = self.destinations.reduce(0) { count, destination in
            count + destination.due.unordered.count { $0.at > now.monotonic }
        }
        figures.spoolIsFailing = self.readTrouble.failures > 0 || self.settleTrouble.failures > 0
        figures.goneSources = self.names(of: Self.nowhere)
        figures.destinations = self.destinations.indices.compactMap { self.figures(of: $0, at: now) }
        return figures
    }

    /// nil for a destination that no source has any more.
    private func figures(of index: Int, at now: RelayTime) -> DestinationFigures? {
        let entry = self.destinations[index]
        guard let destination = entry.destination, !entry.sources.isEmpty || entry.requests > 0 else { return nil }
        return DestinationFigures(
            destination: destination,
            sources: self.names(of: index),
            state: entry.gate.state,
            blockedFor: entry.gate.isBlocked ? max(0, entry.gate.until - now.monotonic) : nil,
            allowance: entry.gate.allowance(limit: destination.concurrency),
            requestsInFlight: entry.requests,
            windowCalls: entry.used,
            blockedLanes: entry.blockedLanes,
            consecutiveFailures: entry.gate.failures,
            delivered: entry.delivered,
            retried: entry.retried,
            dead: entry.dead,
            lastAnswer: entry.lastAnswer
        )
    }

    private func names(of index: Int) -> [String] {
        self.destinations[index].sources.map { self.sources[$0].name }.sorted()
    }
}
