internal import DequeModule
internal import HeapModule
internal import Hydra

/// Sources, their destinations, and letting go of what a blocked one has in memory.
extension RelayMachine {
    /// The source of this name.
    ///
    /// - Parameter id: the call in which it is met; it is made known if it was not, with nothing seen before that.
    mutating func source(named name: String, firstMetAt id: Int64) -> SourceSlot {
        if let known = self.sources.find(name) { return known }
        let destination = self.place(of: self.resolve(name))
        let slot = self.sources.insert(SourceEntry(name: name, destination: destination, seen: id &- 1))
        self.destinations[destination].sources.append(slot)
        if destination == Self.nowhere { self.report(.sourceGone(name)) }
        return slot
    }

    /// The entry of a destination, made if it is new.
    private mutating func place(of destination: Destination?) -> Int {
        guard let destination else { return Self.nowhere }
        if let known = self.destinationIndex[destination.endpoint] {
            if self.destinations[known].destination != destination {
                self.destinations[known].destination = destination
                self.destinations[known].sendsSingly = false
            }
            return known
        }
        self.destinations.append(DestinationEntry(destination, gate: DestinationGate(self.options)))
        let place = self.destinations.count - 1
        self.destinationIndex[destination.endpoint] = place
        return place
    }

    /// The configuration changed: every source is looked up again.
    mutating func destinationsChanged(at now: RelayTime) -> [RelayAction] {
        self.now = now
        var moved = false
        for index in self.sources.entries.indices {
            let source = SourceSlot(index)
            let name = self.sources[source].name
            let before = self.sources[source].destination
            let after = self.place(of: self.resolve(name))
            guard before != after else { continue }
            moved = true
            // What is in flight ends where it was sent; the rest is read again for the new destination.
            self.drain(source)
            self.letGo(of: before) { $0 == source }
            self.destinations[before].sources.removeAll { $0 == source }
            self.destinations[after].sources.append(source)
            self.sources[source].destination = after
            if after == Self.nowhere { self.report(.sourceGone(name)) }
            if before == Self.nowhere { self.report(.sourceBack(name)) }
        }
        if moved { self.rehouseLanes() }
        for index in self.destinations.indices {
            self.destinations[index].sendsSingly = false
            self.markDirty(index)
        }
        self.needsPlan = true
        return self.finish()
    }

    /// Moves lanes that wait to the destinations their sources have now. Takes a time that grows with the number of
    /// lanes: only for a changed configuration.
    private mutating func rehouseLanes() {
        var due: [DueLane] = []
        for index in self.destinations.indices {
            due.append(contentsOf: self.destinations[index].due.unordered)
            self.destinations[index].due = []
            self.destinations[index].blockedLanes = 0
        }
        for entry in due { self.destinations[self.destination(ofLane: entry.lane)].due.insert(entry) }
        for index in 0..<self.lanes.capacity {
            let lane = LaneSlot(index)
            guard self.lanes.isKnown(lane), self.lanes[lane].flags.contains(.deferred) else { continue }
            self.destinations[self.destination(ofLane: lane)].blockedLanes += 1
        }
    }

    /// A destination is blocked, or holds more than its share: what it has in memory and not in flight is let go, and
    /// its sources wait until they can be read again.
    mutating func letGo(of destination: Int) {
        // First, so that losing their calls is nothing new to them.
        for source in self.destinations[destination].sources { self.drain(source) }
        self.letGo(of: destination) { _ in true }
    }

    /// Lets go of destinations that lost a call out of turn: their sources will be read again from there.
    mutating func letGoOfTorn() {
        while let torn = self.torn.popLast() { self.letGo(of: torn) }
    }

    /// Lets go of the calls of some sources of a destination. Looks at every call in memory, which the window bounds.
    private mutating func letGo(of destination: Int, where isMeant: (SourceSlot) -> Bool) {
        let ready = self.destinations[destination].ready
        self.destinations[destination].ready = []
        for lane in ready {
            if isMeant(self.lanes[lane].source) {
                self.lanes[lane].flags.remove(.ready)
            } else {
                self.destinations[destination].ready.append(lane)
            }
        }
        for index in 0..<self.pool.slots.count {
            let slot = CallSlot(index)
            guard self.pool.holdsCall(slot), !self.pool.isInFlight(slot) else { continue }
            let source = self.pool.source(slot)
            guard self.sources[source].destination == destination, isMeant(source) else { continue }
            let lane = self.pool.lane(slot)
            if self.lanes[lane].flags.contains(.ready) {
                // A shared lane whose head goes elsewhere: it can still send that, the rest is let go with it.
                let other = self.destination(ofLane: lane)
                self.lanes[lane].flags.remove(.ready)
                self.destinations[other].ready.removeAll { $0 == lane }
            }
            self.letGo(lane)
        }
        if self.scan.fetch?.destination == destination { self.scan.fetch?.isStale = true }
    }

    /// A source's fresh calls from `id` on are to be read again.
    mutating func retreat(_ source: SourceSlot, before id: Int64) {
        if self.sources[source].scan != .draining {
            // What else of it is in memory would be read a second time, so all of it must go. Of a destination that
            // is being let go nothing will be left; another one can lose a call through a lane that two sources share.
            self.torn.append(self.sources[source].destination)
            self.drain(source)
        }
        self.sources[source].seen = min(self.sources[source].seen, id &- 1)
    }

    /// The main scan goes on without a source, and nobody reads it until nothing of it is outstanding.
    private mutating func drain(_ source: SourceSlot) {
        switch self.sources[source].scan {
        case .following: self.sources[source].seen = max(self.sources[source].seen, self.scan.position)
        case .lagging: break
        case .draining: return
        }
        self.sources[source].scan = .draining
        self.scan.draining.append(source)
        let destination = self.sources[source].destination
        if self.scan.fetch?.destination == destination { self.scan.fetch?.isStale = true }
        self.needsPlan = true
    }
}
