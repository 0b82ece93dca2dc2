internal import DequeModule
internal import Spool

/// Sending what is ready.
extension RelayMachine {
    /// Sends for a destination until nothing is ready or nothing more may be in flight. What is ready now is taken; a
    /// batch is not waited for to become full.
    mutating func pump(_ index: Int) {
        guard !self.isStopping, let destination = self.destinations[index].destination else { return }
        while !self.destinations[index].ready.isEmpty {
            let allowance = self.destinations[index].gate.allowance(limit: destination.concurrency)
            guard self.destinations[index].requests < allowance else { return }
            guard !self.hasTooMuchUnsettled else {
                self.settling.holdsSends = true
                return
            }
            self.dispatch(to: index, destination)
        }
    }

    /// Sends one request with the first calls of lanes that are ready, at most one of each lane: so their order holds
    /// whatever the endpoint does inside a batch.
    private mutating func dispatch(to index: Int, _ destination: Destination) {
        let limit = min(self.destinations[index].batchLimit, self.destinations[index].ready.count)
        var slots: [CallSlot] = []
        var calls: [StoredCall] = []
        slots.reserveCapacity(limit)
        calls.reserveCapacity(limit)
        var bytes = 0
        while slots.count < limit, let lane = self.destinations[index].ready.first {
            let slot = self.lanes[lane].head
            let call = self.pool.call(slot)
            bytes += call.body.count
            if !slots.isEmpty, bytes > self.options.batchBytes { break }
            self.destinations[index].ready.removeFirst()
            _ = self.dequeue(lane)
            self.lanes[lane].flags.remove(.ready)
            self.lanes[lane].inFlight = slot
            self.pool.setInFlight(slot, true)
            self.sources[self.pool.source(slot)].outstanding += 1
            slots.append(slot)
            calls.append(call)
        }
        self.destinations[index].requests += 1
        self.destinations[index].callsInFlight += slots.count
        let ticket = self.requests.insert(
            RequestTable.Request(destination: index, epoch: self.destinations[index].gate.epoch, calls: slots)
        )
        self.outbox.append(
            .send(Dispatch(ticket: ticket, destination: destination, calls: calls))
        )
    }
}
