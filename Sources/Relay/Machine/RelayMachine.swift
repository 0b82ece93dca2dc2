internal import HeapModule
internal import Hydra
internal import Spool

/// Decides which call is sent when. No I/O, no clock: whoever runs it passes the time in, does the ``RelayAction``s
/// that its functions return, and tells it what came of them.
///
/// ## Lanes
///
/// Calls of one lane leave one after the other: a lane has at most one call in flight, and its next becomes ready when
/// that was answered for good. Lanes do not wait for each other: a call that is to be tried again is written down as
/// deferred, and everything of its lane behind it is *parked* (deferred as it is), so that the lane leaves nothing in
/// memory but its entry here. A lane that is longer than its window is parked, too: in whole, with the call in flight,
/// because of the one invariant that makes a restart right:
///
/// > For a lane, every deferred id is lower than every fresh id that is not settled.
///
/// It holds because settlements take effect in the order in which they are ordered, a lane's in the order of ids, and
/// because calls read later of a lane with deferred calls are parked behind them. When the queue of such a lane runs
/// empty, its next calls are read from the deferred ones, once its settlements are on disk.
///
/// ## Several destinations on one spool
///
/// Fresh calls stand in the spool in the order of their arrival, whoever they are for. One main scan reads them once.
/// The calls of a destination that is blocked, or slower than its share of the window, must neither fill the memory
/// nor be written anew one by one, nor stop the scan. So each source has a position of its own:
///
/// - `following`: its calls are taken as the main scan meets them.
/// - `lagging`: the main scan leaves the source out, on disk as far as possible. Its fresh calls up to `seen` are in
///   memory or were dealt with; those behind are read by a scan of its destination alone, filtered by source, when the
///   destination has room. When that has come as far as the main scan, the source follows again.
/// - `draining`: the destination was blocked. What it had in memory was let go (it is still in the spool, as fresh or
///   deferred as it was), and `seen` went back to before the first such call. Calls in flight, and settlements not yet
///   on disk, would be met again by a scan from there; so it waits until there are none, and is lagging then.
///
/// Memory is so bounded by the window however many destinations are down and however long their backlog is. A blocked
/// destination costs one position for each of its sources, no writes, and no reads. A destination may hold
/// `window / (destinations with calls in memory + 1)` calls, so that there is always room for others; if the shares of
/// slow ones have become too large since they were taken, the largest is let go as if it had been blocked.
///
/// Nothing of this is written down. After a restart all sources follow a scan from the first fresh call, deferred
/// lanes are known before it begins, and blocked destinations are found out and left behind again. The one cost: the
/// scan passes rows of left out sources once, without reading their bodies, in bounded steps; and where the spool says
/// that nobody else has fresh calls at all, it does not even do that.
///
/// A value; one owner, which may keep it behind a lock. About 0.7 µs a call in batches, 2 µs one by one.
struct RelayMachine: Sendable {
    /// The place of sources that the configuration does not know: a destination that never lets anything through.
    static let nowhere = 0

    let options: RelayOptions
    let schedule: RetrySchedule
    let resolve: @Sendable (String) -> Destination?
    var random: SplitMix

    var pool = CallPool()
    var lanes = LaneTable()
    var sources = SourceTable()
    var destinations: [DestinationEntry]
    var destinationIndex: [Endpoint: Int] = [:]
    var requests = RequestTable()
    var scan = ScanState()
    var settling = SettlingState()
    var readTrouble: SpoolTrouble
    var settleTrouble: SpoolTrouble
    var counters: RelayCounters

    /// The read of deferred calls under way.
    var load: LoadUnderWay?
    /// Whose turn it is to read deferred calls.
    var loadTurn = 0
    /// Lanes that want their deferred calls read but have settlements that are not on disk.
    var awaitingCommit: [LaneSlot] = []
    /// Room that reads under way may fill, over all destinations.
    var reserved = 0
    /// Destinations with calls in memory.
    var activeDestinations = 0
    /// Lanes with deferred calls.
    var blockedLanes = 0

    var now = RelayTime.zero
    var outbox: [RelayAction] = []
    /// Destinations that must be let go before returning; see ``letGoOfTorn()``.
    var torn: [Int] = []
    /// Destinations to look at before returning.
    var dirty: [Int] = []
    /// Reads, gates and the next wake are worked out only when something changed that they depend on.
    var needsPlan = false
    var armedWake = Int64.max
    var isStopping = false

    /// - Parameters:
    ///   - seed: of the jitter.
    ///   - counters: what earlier machines of the same relay counted.
    ///   - resolve: the destination of a source; nil if the configuration does not know it. Called once for each source
    ///     and again after ``destinationsChanged(at:)``; must be quick.
    init(
        options: RelayOptions,
        seed: UInt64,
        counters: RelayCounters = RelayCounters(),
        resolve: @escaping @Sendable (String) -> Destination?
    ) {
        self.options = options
        self.schedule = RetrySchedule(options)
        self.resolve = resolve
        self.random = SplitMix(seed: seed)
        self.destinations = [DestinationEntry(nil, gate: DestinationGate(options, isGone: true))]
        self.readTrouble = SpoolTrouble(.read, options)
        self.settleTrouble = SpoolTrouble(.settle, options)
        self.counters = counters
    }

    // MARK: Beginning and end

    /// Makes deferred lanes known. All of them must be, before ``begin(at:)``.
    mutating func adopt(_ deferred: [DeferredLane], at now: RelayTime) {
        self.now = now
        for lane in deferred {
            let source = self.source(named: lane.source, firstMetAt: 0)
            let slot = self.lanes.findOrInsert(lane.lane, source: source)
            guard !self.lanes[slot].flags.contains(.deferred) else { continue }
            self.setDeferred(slot, true)
            self.lanes[slot].flags.insert(.more)
            let due = now.monotonic(ofWall: lane.notBefore, within: self.schedule.longestWait)
            self.destinations[self.destination(ofLane: slot)].due.insert(DueLane(at: due, lane: slot))
        }
    }

    /// Starts reading.
    mutating func begin(at now: RelayTime) -> [RelayAction] {
        self.now = now
        self.needsPlan = true
        return self.finish()
    }

    /// Time has passed.
    mutating func tick(at now: RelayTime) -> [RelayAction] {
        self.now = now
        if self.armedWake <= now.monotonic { self.armedWake = .max }
        self.needsPlan = true
        return self.finish()
    }

    /// Nothing more is sent or read; what is in flight is waited for and settled.
    mutating func stop(at now: RelayTime) -> [RelayAction] {
        self.now = now
        self.isStopping = true
        return self.finish()
    }

    /// What is in flight is not waited for any longer: its calls stay in the spool as they are.
    mutating func abandonRequests(at now: RelayTime) -> [RelayAction] {
        self.now = now
        self.isStopping = true
        self.requests.removeAll()
        for index in self.destinations.indices {
            self.destinations[index].requests = 0
            self.destinations[index].callsInFlight = 0
        }
        return self.finish()
    }

    /// Whether nothing is in flight or unsettled.
    var isDrained: Bool { self.requests.count == 0 && self.settling.count == 0 }

    /// When the machine will next have something to do by itself: `Int64.min` if it has now, `Int64.max` if never
    /// without new calls; monotonic milliseconds.
    var nextWork: Int64 {
        guard self.isDrained, self.scan.fetch == nil, self.load == nil, self.scan.isAtEnd, self.awaitingCommit.isEmpty
        else { return .min }
        var next = Int64.max
        for entry in self.destinations where entry.destination != nil {
            if entry.gate.isBlocked {
                let waits = !entry.due.isEmpty || entry.sources.contains { self.sources[$0].scan != .following }
                if waits { next = min(next, entry.gate.until) }
                continue
            }
            guard entry.ready.isEmpty, !entry.sources.contains(where: { self.sources[$0].scan != .following }) else {
                return .min
            }
            if let first = entry.due.min { next = min(next, first.at) }
        }
        return next
    }

    // MARK: Returning

    /// Works out what follows from what happened, and hands out the actions.
    mutating func finish() -> [RelayAction] {
        self.letGoOfTorn()
        let planned = self.needsPlan
        // A plan can take room back from destinations, one at a time, which makes room for another plan.
        var rounds = self.destinations.count + 1
        while self.needsPlan, rounds > 0 {
            rounds -= 1
            self.plan()
            self.letGoOfTorn()
        }
        while let next = self.dirty.popLast() {
            self.destinations[next].isDirty = false
            self.pump(next)
        }
        self.startSettling()
        if planned { self.armWake() }
        let actions = self.outbox
        self.outbox = []
        return actions
    }

    mutating func markDirty(_ destination: Int) {
        guard !self.destinations[destination].isDirty else { return }
        self.destinations[destination].isDirty = true
        self.dirty.append(destination)
    }

    mutating func report(_ event: RelayEvent?) {
        if let event { self.outbox.append(.report(event)) }
    }

    /// Asks to be woken when the first rest, retry or back-off ends. What is due already waits for something else
    /// than time.
    private mutating func armWake() {
        guard !self.isStopping || self.settling.count > 0 else { return }
        var next = Int64.max
        if !self.isStopping {
            for index in self.destinations.indices {
                if self.destinations[index].gate.isBlocked {
                    next = min(next, self.destinations[index].gate.until)
                } else if let due = self.destinations[index].due.min?.at, due > self.now.monotonic {
                    next = min(next, due)
                }
            }
            if self.readTrouble.until > self.now.monotonic { next = min(next, self.readTrouble.until) }
        }
        if self.settleTrouble.until > self.now.monotonic { next = min(next, self.settleTrouble.until) }
        guard next < self.armedWake else { return }
        self.armedWake = next
        self.outbox.append(.wake(at: next))
    }
}

/// What the machine counted since the relay was made.
///
/// A value; one owner.
struct RelayCounters: Sendable, Equatable {
    var delivered = 0
    var retried = 0
    var dead = 0
}
