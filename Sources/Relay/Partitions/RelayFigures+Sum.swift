internal import Hydra

extension RelayFigures {
    /// The figures of several partitions as those of one relay.
    ///
    /// - Parameter limit: the concurrency of a destination over all partitions.
    static func sum(_ parts: some Sequence<RelayFigures>, limit: (Endpoint) -> Int?) -> RelayFigures {
        var sum = RelayFigures()
        var gone: Set<String> = []
        var destinations: [Endpoint: DestinationFigures] = [:]
        var order: [Endpoint] = []
        for part in parts {
            sum.isDelivering = sum.isDelivering || part.isDelivering
            sum.partitions += part.partitions
            sum.delivered += part.delivered
            sum.retried += part.retried
            sum.dead += part.dead
            sum.inFlight += part.inFlight
            sum.windowCalls += part.windowCalls
            sum.windowBytes += part.windowBytes
            sum.unsettled += part.unsettled
            sum.lanes += part.lanes
            sum.blockedLanes += part.blockedLanes
            sum.retryingLanes += part.retryingLanes
            sum.spoolIsFailing = sum.spoolIsFailing || part.spoolIsFailing
            gone.formUnion(part.goneSources)
            for each in part.destinations {
                let endpoint = each.destination.endpoint
                if destinations[endpoint] == nil { order.append(endpoint) }
                destinations[endpoint, default: each.cleared].add(each)
            }
        }
        sum.goneSources = gone.sorted()
        sum.destinations = order.compactMap { endpoint in
            guard var each = destinations[endpoint] else { return nil }
            each.destination = Destination(
                endpoint: endpoint,
                batch: each.destination.batch,
                concurrency: limit(endpoint) ?? each.destination.concurrency,
                maximumBatch: each.destination.maximumBatch
            )
            each.allowance = min(each.allowance, each.destination.concurrency)
            return each
        }
        return sum
    }
}

extension DestinationFigures {
    /// Those of the same destination before anything was done.
    var cleared: DestinationFigures {
        DestinationFigures(
            destination: self.destination,
            sources: [],
            state: .delivering,
            blockedFor: nil,
            allowance: 0,
            requestsInFlight: 0,
            windowCalls: 0,
            blockedLanes: 0,
            consecutiveFailures: 0,
            delivered: 0,
            retried: 0,
            dead: 0,
            lastAnswer: nil
        )
    }

    /// Adds those of another partition.
    mutating func add(_ other: DestinationFigures) {
        self.sources = Set(self.sources).union(other.sources).sorted()
        self.state = DestinationState.together([self.state, other.state])
        if let blockedFor = other.blockedFor { self.blockedFor = max(self.blockedFor ?? 0, blockedFor) }
        self.allowance += other.allowance
        self.requestsInFlight += other.requestsInFlight
        self.windowCalls += other.windowCalls
        self.blockedLanes += other.blockedLanes
        self.consecutiveFailures = max(self.consecutiveFailures, other.consecutiveFailures)
        self.addCounts(of: other)
    }

    /// Adds what another one did, not what it holds.
    mutating func addCounts(of other: DestinationFigures) {
        self.delivered += other.delivered
        self.retried += other.retried
        self.dead += other.dead
        if let answer = other.lastAnswer, answer.at >= self.lastAnswer?.at ?? .min { self.lastAnswer = answer }
    }
}
