internal import HeapModule
internal import Spool

/// The lanes' queues.
extension RelayMachine {
    /// The destination that a lane's next call goes to.
    func destination(ofLane lane: LaneSlot) -> Int { self.sources[self.lanes[lane].source].destination }

    /// Takes in a fresh call that was read. Its destination has room.
    mutating func accept(_ call: StoredCall, source: SourceSlot) {
        let lane = self.lanes.findOrInsert(call.lane, source: source)
        if self.lanes[lane].flags.contains(.deferred) {
            self.park(call.id, source: source, lane: lane)
            self.lanes[lane].flags.insert(.more)
            return
        }
        if Int(self.lanes[lane].count) >= self.options.laneWindow {
            self.parkWhole(lane)
            self.park(call.id, source: source, lane: lane)
            self.lanes[lane].flags.insert(.more)
            return
        }
        self.enqueue(call, source: source, lane: lane)
        self.makeReady(lane)
    }

    /// Puts a call at the end of its lane's queue.
    mutating func enqueue(_ call: StoredCall, source: SourceSlot, lane: LaneSlot) {
        let bytes = call.body.count
        let slot = self.pool.insert(call, lane: lane, source: source)
        if self.lanes[lane].tail >= 0 {
            self.pool.setNext(self.lanes[lane].tail, to: slot)
        } else {
            self.lanes[lane].head = slot
        }
        self.lanes[lane].tail = slot
        self.lanes[lane].count += 1
        self.takeRoom(bytes: bytes, of: self.sources[source].destination)
    }

    /// Takes the first call off a lane's queue; it stays in memory.
    mutating func dequeue(_ lane: LaneSlot) -> CallSlot {
        let slot = self.lanes[lane].head
        let next = self.pool.next(slot)
        self.lanes[lane].head = next
        if next < 0 { self.lanes[lane].tail = -1 }
        self.lanes[lane].count -= 1
        self.pool.setNext(slot, to: -1)
        return slot
    }

    /// Puts a call that was sent, and is to be sent again as if it had not been, back to the front of its lane's queue.
    mutating func putBack(_ slot: CallSlot, sentTo destination: Int) {
        let lane = self.pool.lane(slot)
        self.pool.setInFlight(slot, false)
        self.pool.setNext(slot, to: self.lanes[lane].head)
        if self.lanes[lane].head < 0 { self.lanes[lane].tail = slot }
        self.lanes[lane].head = slot
        self.lanes[lane].count += 1
        self.lanes[lane].inFlight = -1
        let source = self.pool.source(slot)
        self.sources[source].outstanding -= 1
        // The source may have been given another destination while the call was in flight.
        let present = self.sources[source].destination
        if present != destination {
            let bytes = self.pool.call(slot).body.count
            self.releaseRoom(bytes: bytes, of: destination)
            self.takeRoom(bytes: bytes, of: present)
        }
        if self.sources[source].scan == .draining, !self.lanes[lane].flags.contains(.deferred) {
            // The source is to be read again from here: the call would be met a second time.
            self.letGo(lane)
        } else {
            self.makeReady(lane)
        }
    }

    private mutating func takeRoom(bytes: Int, of destination: Int) {
        if self.destinations[destination].used == 0 { self.activeDestinations += 1 }
        self.destinations[destination].used += 1
        self.destinations[destination].usedBytes += bytes
    }

    /// Gives up the room of one call.
    mutating func releaseRoom(bytes: Int, of destination: Int) {
        self.destinations[destination].used -= 1
        self.destinations[destination].usedBytes -= bytes
        if self.destinations[destination].used == 0 { self.activeDestinations -= 1 }
        if self.destinations[destination].isStarved, self.hasRoomAgain(destination) {
            self.destinations[destination].isStarved = false
            self.needsPlan = true
        }
        if self.scan.isStarved, self.hasRoomAgain {
            self.scan.isStarved = false
            self.needsPlan = true
        }
    }

    /// Queues a lane for sending, if it has a call to send and none in flight.
    mutating func makeReady(_ lane: LaneSlot) {
        guard self.lanes[lane].inFlight < 0, self.lanes[lane].head >= 0, !self.lanes[lane].flags.contains(.ready)
        else { return }
        // Two sources can share a lane if their users' hashes collide: the head decides where the lane stands.
        self.setSource(lane, self.pool.source(self.lanes[lane].head))
        let destination = self.destination(ofLane: lane)
        guard !self.destinations[destination].gate.isBlocked else {
            self.letGo(lane)
            return
        }
        self.lanes[lane].flags.insert(.ready)
        self.destinations[destination].ready.append(lane)
        self.markDirty(destination)
    }

    /// A lane's call in flight was answered for good: the next one may go.
    mutating func advance(_ lane: LaneSlot) {
        self.lanes[lane].inFlight = -1
        if self.lanes[lane].head >= 0 {
            self.makeReady(lane)
        } else if self.lanes[lane].flags.contains(.more) {
            self.awaitLoad(lane)
        } else {
            if self.lanes[lane].flags.contains(.deferred) { self.setDeferred(lane, false) }
            self.lanes.remove(lane)
        }
    }

    /// A lane with nothing in memory wants its deferred calls.
    mutating func awaitLoad(_ lane: LaneSlot) {
        guard self.lanes[lane].settledBy <= self.settling.committed else {
            self.awaitingCommit.append(lane)
            return
        }
        self.destinations[self.destination(ofLane: lane)].due.insert(DueLane(at: self.now.monotonic, lane: lane))
        self.needsPlan = true
    }

    /// A lane's head is to be tried again at `due`: nothing of it stays in memory. The head itself is settled by the
    /// caller, before.
    mutating func deferLane(_ lane: LaneSlot, until due: Int64) {
        if !self.lanes[lane].flags.contains(.deferred) {
            self.setDeferred(lane, true)
            self.parkQueue(lane)
        }
        self.dropQueue(lane)
        self.lanes[lane].inFlight = -1
        self.lanes[lane].flags.insert(.more)
        self.destinations[self.destination(ofLane: lane)].due.insert(DueLane(at: due, lane: lane))
        self.needsPlan = true
    }

    /// The lane is too long for its window: all of it becomes deferred, the call in flight first. What is in memory
    /// stays there.
    private mutating func parkWhole(_ lane: LaneSlot) {
        let inFlight = self.lanes[lane].inFlight
        if inFlight >= 0 { self.park(self.pool.call(inFlight).id, source: self.pool.source(inFlight), lane: lane) }
        self.parkQueue(lane)
        self.setDeferred(lane, true)
    }

    private mutating func parkQueue(_ lane: LaneSlot) {
        var slot = self.lanes[lane].head
        while slot >= 0 {
            self.park(self.pool.call(slot).id, source: self.pool.source(slot), lane: lane)
            slot = self.pool.next(slot)
        }
    }

    private mutating func park(_ id: Int64, source: SourceSlot, lane: LaneSlot) {
        self.sources[source].outstanding += 1
        self.order(.park(id: id), source: source, lane: lane)
    }

    /// Empties a lane's queue in memory.
    mutating func dropQueue(_ lane: LaneSlot) {
        while self.lanes[lane].head >= 0 {
            let slot = self.dequeue(lane)
            let destination = self.sources[self.pool.source(slot)].destination
            let call = self.pool.remove(slot)
            self.releaseRoom(bytes: call.body.count, of: destination)
        }
    }

    /// Lets go of what a lane has in memory and not in flight: fresh calls will be read again by their sources'
    /// destination, deferred ones when the lane is due, which is now.
    mutating func letGo(_ lane: LaneSlot) {
        let isDeferred = self.lanes[lane].flags.contains(.deferred)
        if !isDeferred {
            var slot = self.lanes[lane].head
            while slot >= 0 {
                let source = self.pool.source(slot)
                self.retreat(source, before: self.pool.call(slot).id)
                slot = self.pool.next(slot)
            }
        }
        let hadCalls = self.lanes[lane].head >= 0
        self.dropQueue(lane)
        if isDeferred {
            self.lanes[lane].flags.insert(.more)
            if hadCalls, self.lanes[lane].inFlight < 0 { self.awaitLoad(lane) }
        } else if self.lanes[lane].inFlight < 0 {
            self.lanes.remove(lane)
        }
    }

    /// Notes whether a lane has deferred calls.
    mutating func setDeferred(_ lane: LaneSlot, _ isDeferred: Bool) {
        let destination = self.destination(ofLane: lane)
        if isDeferred {
            self.lanes[lane].flags.insert(.deferred)
            self.blockedLanes += 1
            self.destinations[destination].blockedLanes += 1
        } else {
            self.lanes[lane].flags.remove(.deferred)
            self.blockedLanes -= 1
            self.destinations[destination].blockedLanes -= 1
            if self.destinations[destination].isStarved { self.needsPlan = true }
        }
    }

    private mutating func setSource(_ lane: LaneSlot, _ source: SourceSlot) {
        guard self.lanes[lane].source != source else { return }
        if self.lanes[lane].flags.contains(.deferred) {
            self.destinations[self.destination(ofLane: lane)].blockedLanes -= 1
            self.lanes[lane].source = source
            self.destinations[self.destination(ofLane: lane)].blockedLanes += 1
        } else {
            self.lanes[lane].source = source
        }
    }
}
