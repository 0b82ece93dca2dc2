internal import Spool

/// Recording what became of calls.
extension RelayMachine {
    /// Orders a settlement. Settlements take effect in the order in which they are ordered. The source's outstanding
    /// count must include it already.
    mutating func order(_ settlement: Settlement, source: SourceSlot, lane: LaneSlot) {
        self.settling.pending.append(settlement)
        self.settling.pendingSources.append(source)
        self.lanes[lane].settledBy = self.settling.taken + 1
    }

    /// Everything that was ordered is on disk up to the batch under way.
    mutating func settled(at now: RelayTime) -> [RelayAction] {
        self.now = now
        guard self.settling.isUnderWay else { return self.finish() }
        self.report(self.settleTrouble.succeeded())
        for source in self.settling.currentSources { self.sources[source].outstanding -= 1 }
        self.settling.isUnderWay = false
        self.settling.current.removeAll()
        self.settling.currentSources.removeAll()
        self.settling.committed = self.settling.taken
        if self.settling.holdsSends {
            self.settling.holdsSends = false
            for index in self.destinations.indices { self.markDirty(index) }
        }
        let waiting = self.awaitingCommit
        self.awaitingCommit = []
        for lane in waiting { self.awaitLoad(lane) }
        self.needsPlan = true
        return self.finish()
    }

    /// The batch under way did not get on disk, or nobody knows: it is settled again after a while, which does no harm.
    mutating func settleFailed(_ message: String, at now: RelayTime) -> [RelayAction] {
        self.now = now
        guard self.settling.isUnderWay else { return self.finish() }
        self.settling.isUnderWay = false
        self.report(self.settleTrouble.failed(message, now: now.monotonic, using: &self.random))
        self.needsPlan = true
        return self.finish()
    }

    /// Hands out what waits, if nothing is being committed. No delay: a batch grows while the one before is committed.
    mutating func startSettling() {
        guard !self.settling.isUnderWay, self.settling.count > 0, self.settleTrouble.until <= self.now.monotonic
        else { return }
        if self.settling.current.isEmpty {
            swap(&self.settling.current, &self.settling.pending)
            swap(&self.settling.currentSources, &self.settling.pendingSources)
            self.settling.taken += 1
        }
        self.settling.isUnderWay = true
        self.outbox.append(.settle(self.settling.current))
    }

    /// Whether so much is in flight or unsettled that nothing more may be sent.
    var hasTooMuchUnsettled: Bool {
        self.settling.count + self.requests.calls >= self.options.maximumUnsettled
    }
}
