internal import HeapModule
internal import Spool

/// What to read next.
extension RelayMachine {
    /// Room while a destination is tried: enough to find a lane that is not blocked.
    private static let probeRoom = 16

    /// Works out everything that depends on time or room. Takes a time that grows with the number of destinations.
    mutating func plan() {
        self.needsPlan = false
        for index in self.destinations.indices where self.destinations[index].gate.isBlocked {
            self.changeGate(of: index) { gate, _, now in gate.advance(to: now) }
        }
        self.needsPlan = false
        self.endDraining()
        guard !self.isStopping else { return }
        if self.scan.fetch == nil { self.catchUp() }
        self.planLoad()
        self.planFetch()
        if self.scan.isAtEnd, !self.scan.isAwaiting {
            self.scan.isAwaiting = true
            self.outbox.append(.awaitAppend(seen: self.scan.position))
        }
    }

    /// Sources without anything outstanding can be read again.
    private mutating func endDraining() {
        guard !self.scan.draining.isEmpty else { return }
        var rest: [SourceSlot] = []
        for source in self.scan.draining {
            if self.sources[source].outstanding == 0 {
                self.sources[source].scan = .lagging
            } else {
                rest.append(source)
            }
        }
        self.scan.draining = rest
    }

    // MARK: Room

    /// How many calls, and how many bytes, a destination may have in memory.
    private func share(of index: Int) -> (calls: Int, bytes: Int) {
        let parts = self.activeDestinations + (self.destinations[index].used == 0 ? 2 : 1)
        let calls = max(Self.probeRoom, self.options.windowCalls / parts)
        let bytes = max(1, self.options.windowBytes / parts)
        switch self.destinations[index].gate.state {
        case .delivering: return (calls, bytes)
        case .rampingUp:
            // What is read for a destination that fails again is read in vain.
            let limit = self.destinations[index].concurrency
            let requests = self.destinations[index].gate.allowance(limit: limit)
            return (min(calls, max(Self.probeRoom, 2 * requests * self.destinations[index].batchLimit)), bytes)
        case .probing: return (Self.probeRoom, bytes)
        case .breakerOpen, .rateLimited, .paused, .gone: return (0, 0)
        }
    }

    /// How many more calls a destination may have in memory.
    private func room(of index: Int) -> Int {
        let share = self.share(of: index)
        guard self.destinations[index].usedBytes < share.bytes, !self.hasTooManyBlockedLanes(index) else { return 0 }
        return max(0, share.calls - self.destinations[index].used - self.destinations[index].reserved)
    }

    /// Whether a destination takes a call that was read.
    func admits(_ index: Int) -> Bool { self.room(of: index) > 0 }

    /// Whether a destination that had no room has enough again for a read that is worth it.
    func hasRoomAgain(_ index: Int) -> Bool {
        let share = self.share(of: index)
        return self.destinations[index].used <= share.calls / 2 && self.destinations[index].usedBytes <= share.bytes / 2
    }

    /// The same for the main scan.
    var hasRoomAgain: Bool {
        self.pool.count + self.reserved <= self.options.windowCalls / 4 * 3
            && self.pool.bytes <= self.options.windowBytes / 4 * 3
    }

    /// Whether so many lanes wait with a failed call that no more are to be tried: the rest of the destination's calls
    /// waits on disk unread.
    private func hasTooManyBlockedLanes(_ index: Int) -> Bool {
        guard self.blockedLanes >= self.options.maximumBlockedLanes else { return false }
        let sharing = self.destinations.reduce(into: 0) { $0 += $1.blockedLanes > 0 ? 1 : 0 }
        return self.destinations[index].blockedLanes >= self.options.maximumBlockedLanes / max(1, sharing)
    }

    // MARK: Fresh calls

    private mutating func planFetch() {
        guard self.scan.fetch == nil, self.readTrouble.until <= self.now.monotonic else { return }
        // Reading orders settlements, too (parking): wait for the disk. Every commit plans anew.
        guard self.settling.count < self.options.maximumUnsettled / 2 else { return }
        let count = self.destinations.count
        for offset in 0..<count {
            let turn = (self.scan.turn + offset) % count
            if turn == 0 ? self.fetchMain() : self.fetchOwn(turn) {
                self.scan.turn = (turn + 1) % count
                return
            }
        }
    }

    /// Sources that have come as far as the main scan follow it again. Only while nothing is being read: a read under
    /// way may leave them out.
    private mutating func catchUp() {
        for index in self.destinations.indices where !self.destinations[index].gate.isBlocked {
            for source in self.destinations[index].sources
            where self.sources[source].scan == .lagging && self.sources[source].seen >= self.scan.position {
                self.sources[source].scan = .following
            }
        }
    }

    private mutating func fetchMain() -> Bool {
        guard !self.scan.isAtEnd else { return false }
        guard self.hasRoomAgain else {
            self.scan.isStarved = true
            self.reclaim()
            return false
        }
        self.scan.isStarved = false
        if self.scan.wantsSurvey {
            self.scan.wantsSurvey = false
            self.scan.fetch = ScanState.Fetch(target: .survey)
            self.outbox.append(.survey)
            return true
        }
        var leftOut: Set<String> = []
        for entry in self.sources.entries where entry.scan != .following { leftOut.insert(entry.name) }
        let limit = max(1, min(self.options.pageCalls, self.options.windowCalls - self.pool.count - self.reserved))
        self.fetch(
            ScanState.Fetch(target: .main, reserved: limit),
            after: self.scan.position,
            leftOut.isEmpty ? .all : .except(leftOut),
            limit: limit
        )
        return true
    }

    private mutating func fetchOwn(_ index: Int) -> Bool {
        guard !self.destinations[index].gate.isBlocked else { return false }
        let lagging = self.destinations[index].sources.filter { self.sources[$0].scan == .lagging }
        guard let first = lagging.map({ self.sources[$0].seen }).min() else { return false }
        if self.destinations[index].gate.state == .probing {
            // One call at a time; and one page without a lane that can be tried is enough to try a deferred call.
            let isBusy = self.destinations[index].requests > 0 || !self.destinations[index].ready.isEmpty
            let hasOther = self.destinations[index].hasLooked && !self.destinations[index].due.isEmpty
            if isBusy || hasOther { return false }
        }
        guard self.hasRoomAgain(index), self.room(of: index) > 0 else {
            self.destinations[index].isStarved = true
            return false
        }
        self.destinations[index].isStarved = false
        let limit = min(self.options.pageCalls, self.room(of: index))
        self.destinations[index].reserved += limit
        self.fetch(
            ScanState.Fetch(target: .destination(index), sources: lagging, reserved: limit),
            after: first,
            .only(Set(lagging.map { self.sources[$0].name })),
            limit: limit
        )
        return true
    }

    private mutating func fetch(_ fetch: ScanState.Fetch, after id: Int64, _ filter: SourceFilter, limit: Int) {
        self.scan.fetch = fetch
        self.reserved += limit
        self.outbox.append(
            .fetch(
                FreshRead(
                    after: id,
                    sources: filter,
                    limit: limit,
                    maximumBytes: self.options.pageBytes,
                    maximumRows: self.options.pageRows
                )
            )
        )
    }

    /// The main scan found no room: a destination that took its share when it was larger gives it back.
    private mutating func reclaim() {
        var largest = 0
        for index in self.destinations.indices
        where self.destinations[index].unsent > self.destinations[largest].unsent {
            largest = index
        }
        guard largest != 0 else { return }
        let share = self.share(of: largest)
        guard self.destinations[largest].used > share.calls || self.destinations[largest].usedBytes > share.bytes
        else { return }
        self.letGo(of: largest)
    }

    // MARK: Deferred calls

    private mutating func planLoad() {
        guard self.load == nil, self.readTrouble.until <= self.now.monotonic else { return }
        let count = self.destinations.count
        for offset in 0..<count {
            let turn = (self.loadTurn + offset) % count
            if self.load(turn) {
                self.loadTurn = (turn + 1) % count
                return
            }
        }
    }

    private mutating func load(_ index: Int) -> Bool {
        guard !self.destinations[index].gate.isBlocked, let first = self.destinations[index].due.min,
            first.at <= self.now.monotonic
        else { return false }
        if self.destinations[index].gate.state == .probing {
            // A fresh call is the better probe: a deferred one may be what the destination stumbles over.
            let isBusy = self.destinations[index].requests > 0 || !self.destinations[index].ready.isEmpty
            let lags = self.destinations[index].sources.contains { self.sources[$0].scan != .following }
            let canLook = lags && !self.destinations[index].hasLooked && !self.hasTooManyBlockedLanes(index)
            if isBusy || canLook { return false }
        }
        // Half of the room is left to fresh calls.
        let share = self.share(of: index)
        let free = share.calls - self.destinations[index].used - self.destinations[index].reserved
        let room = min((free + 1) / 2, self.options.windowCalls - self.pool.count - self.reserved)
        guard room > 0, self.destinations[index].usedBytes < share.bytes else {
            self.destinations[index].isStarved = true
            return false
        }
        var slots: [LaneSlot] = []
        var keys: [Int64] = []
        let most = self.destinations[index].gate.state == .probing ? 1 : min(room, self.options.loadLanes)
        while slots.count < most, let next = self.destinations[index].due.min, next.at <= self.now.monotonic {
            self.destinations[index].due.removeMin()
            guard self.lanes[next.lane].settledBy <= self.settling.committed else {
                self.awaitingCommit.append(next.lane)
                continue
            }
            self.lanes[next.lane].flags.remove(.more)
            self.lanes[next.lane].flags.insert(.loading)
            slots.append(next.lane)
            keys.append(self.lanes[next.lane].key)
        }
        guard !slots.isEmpty else { return false }
        let each = max(1, min(room / slots.count, self.options.laneWindow))
        let reserved = each * slots.count
        self.load = LoadUnderWay(destination: index, lanes: slots, reserved: reserved)
        self.reserved += reserved
        self.destinations[index].reserved += reserved
        self.outbox.append(
            .load(DeferredRead(lanes: keys, limit: each, maximumBytes: self.options.pageBytes))
        )
        return true
    }
}
