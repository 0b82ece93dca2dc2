internal import Spool

/// Taking in what was read.
extension RelayMachine {
    /// Fresh calls were read.
    mutating func fetched(_ page: FreshPage, at now: RelayTime) -> [RelayAction] {
        self.now = now
        guard let fetch = self.endFetch() else { return self.finish() }
        switch fetch.target {
        case .main: self.takeMain(page)
        case .destination(let index):
            if !fetch.isStale { self.takeOwn(page, of: index, fetch.sources) }
        case .survey: break
        }
        return self.finish()
    }

    /// It was found out which sources have fresh calls.
    mutating func surveyed(_ survey: FreshSources, at now: RelayTime) -> [RelayAction] {
        self.now = now
        guard self.endFetch() != nil else { return self.finish() }
        let isAnybodysTurn = survey.names.contains { name in
            guard let source = self.sources.find(name) else { return true }
            return self.sources[source].scan == .following
        }
        // Whoever has calls reads them alone: the main scan has nothing to find before what is appended next.
        if !isAnybodysTurn { self.scan.position = max(self.scan.position, survey.lastID) }
        return self.finish()
    }

    /// A read of fresh or deferred calls failed: it is repeated after a while.
    mutating func readFailed(_ message: String, isLoad: Bool, at now: RelayTime) -> [RelayAction] {
        self.now = now
        if isLoad {
            for lane in self.endLoad(isGood: false)?.lanes ?? [] { self.returnLane(lane) }
        } else {
            _ = self.endFetch(isGood: false)
        }
        self.report(self.readTrouble.failed(message, now: now.monotonic, using: &self.random))
        self.needsPlan = true
        return self.finish()
    }

    /// Calls were appended, or may have been.
    mutating func appended(at now: RelayTime) -> [RelayAction] {
        self.now = now
        self.scan.isAwaiting = false
        self.scan.isAtEnd = false
        self.scan.wasAppended = self.scan.fetch != nil
        self.needsPlan = true
        return self.finish()
    }

    /// Deferred calls were read: for each lane that was asked for, in order.
    mutating func loaded(_ results: [DeferredCalls], at now: RelayTime) -> [RelayAction] {
        self.now = now
        guard let load = self.endLoad() else { return self.finish() }
        for (position, lane) in load.lanes.enumerated() {
            guard position < results.count, results[position].lane == self.lanes[lane].key else {
                self.returnLane(lane)
                continue
            }
            self.take(results[position], into: lane)
        }
        return self.finish()
    }

    // MARK: Fresh calls

    /// The main scan: whoever has no room for a call of his is left behind from there.
    private mutating func takeMain(_ page: FreshPage) {
        for call in page.calls where call.id > self.scan.position {
            let source = self.source(named: call.source, firstMetAt: call.id)
            guard self.sources[source].scan == .following, call.id > self.sources[source].seen else { continue }
            let destination = self.sources[source].destination
            if self.admits(destination) {
                self.accept(call, source: source)
            } else {
                self.leaveBehind(destination, before: call.id)
            }
        }
        self.scan.position = max(self.scan.position, page.scannedThrough)
        self.scan.isAtEnd = page.reachedEnd && !self.scan.wasAppended
        self.scan.wasAppended = false
        self.scan.wantsSurvey = page.calls.isEmpty && !page.reachedEnd
    }

    private mutating func leaveBehind(_ destination: Int, before id: Int64) {
        for source in self.destinations[destination].sources where self.sources[source].scan == .following {
            self.sources[source].scan = .lagging
            self.sources[source].seen = max(self.sources[source].seen, self.scan.position, id &- 1)
        }
        self.destinations[destination].isStarved = true
    }

    /// The scan of one destination.
    private mutating func takeOwn(_ page: FreshPage, of index: Int, _ sources: [SourceSlot]) {
        self.destinations[index].hasLooked = true
        // At the end nothing is left between here and the main scan: that read before.
        var through = page.reachedEnd ? max(page.scannedThrough, self.scan.position) : page.scannedThrough
        for call in page.calls {
            guard let source = self.sources.find(call.source), self.sources[source].destination == index,
                self.sources[source].scan == .lagging, call.id > self.sources[source].seen
            else { continue }
            guard self.admits(index) else {
                through = call.id &- 1
                self.destinations[index].isStarved = true
                break
            }
            self.accept(call, source: source)
        }
        for source in sources where self.sources[source].scan == .lagging {
            self.sources[source].seen = max(self.sources[source].seen, through)
        }
    }

    private mutating func endFetch(isGood: Bool = true) -> ScanState.Fetch? {
        guard let fetch = self.scan.fetch else { return nil }
        self.scan.fetch = nil
        self.reserved -= fetch.reserved
        if let destination = fetch.destination { self.destinations[destination].reserved -= fetch.reserved }
        if isGood { self.report(self.readTrouble.succeeded()) }
        self.needsPlan = true
        return fetch
    }

    // MARK: Deferred calls

    private mutating func take(_ result: DeferredCalls, into lane: LaneSlot) {
        self.lanes[lane].flags.remove(.loading)
        if result.calls.isEmpty {
            // Gone by another way, unless calls were parked since.
            if self.lanes[lane].flags.contains(.more) {
                self.awaitLoad(lane)
            } else {
                self.setDeferred(lane, false)
                self.lanes.remove(lane)
            }
            return
        }
        if result.hasMore { self.lanes[lane].flags.insert(.more) }
        for call in result.calls {
            let source = self.source(named: call.source, firstMetAt: 0)
            self.enqueue(call, source: source, lane: lane)
        }
        if self.isStopping {
            self.letGo(lane)
        } else {
            self.makeReady(lane)
        }
    }

    /// A lane's calls could not be read: it stays due.
    private mutating func returnLane(_ lane: LaneSlot) {
        self.lanes[lane].flags.remove(.loading)
        self.lanes[lane].flags.insert(.more)
        self.awaitLoad(lane)
    }

    private mutating func endLoad(isGood: Bool = true) -> LoadUnderWay? {
        guard let load = self.load else { return nil }
        self.load = nil
        self.reserved -= load.reserved
        self.destinations[load.destination].reserved -= load.reserved
        if isGood { self.report(self.readTrouble.succeeded()) }
        self.needsPlan = true
        return load
    }
}
