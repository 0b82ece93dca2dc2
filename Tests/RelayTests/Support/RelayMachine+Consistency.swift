import DequeModule
import HeapModule
import Spool

@testable import Relay

extension RelayMachine {
    /// Counts everything anew and compares it with what the machine keeps count of; nil if all is consistent.
    func inconsistency() -> String? {
        var used = [Int](repeating: 0, count: self.destinations.count)
        var inFlight: Set<CallSlot> = []
        var sourceOfLane: [LaneSlot: SourceSlot] = [:]
        var shared: Set<LaneSlot> = []
        for index in 0..<self.pool.slots.count where self.pool.holdsCall(CallSlot(index)) {
            let (lane, source) = (self.pool.lane(CallSlot(index)), self.pool.source(CallSlot(index)))
            if sourceOfLane.updateValue(source, forKey: lane) ?? source != source { shared.insert(lane) }
        }
        for index in 0..<self.pool.slots.count {
            let slot = CallSlot(index)
            guard self.pool.holdsCall(slot) else { continue }
            if self.pool.isInFlight(slot) {
                inFlight.insert(slot)
                continue
            }
            let destination = self.sources[self.pool.source(slot)].destination
            used[destination] += 1
            // In a shared lane it may stand behind a call of another destination.
            if self.destinations[destination].gate.isBlocked, !shared.contains(self.pool.lane(slot)) {
                return "a call of a blocked destination is in memory"
            }
        }
        var places: [LaneSlot: Int] = [:]
        for (index, entry) in self.destinations.enumerated() {
            for lane in entry.ready {
                let it = self.lanes[lane]
                guard it.flags.contains(.ready), it.inFlight < 0, it.head >= 0 else { return "a ready lane is not" }
                guard self.destination(ofLane: lane) == index else { return "a ready lane is elsewhere" }
                places[lane, default: 0] += 1
            }
            for due in entry.due.unordered {
                guard self.destination(ofLane: due.lane) == index else { return "a due lane is elsewhere" }
                places[due.lane, default: 0] += 1
            }
        }
        for lane in self.awaitingCommit { places[lane, default: 0] += 1 }
        for lane in self.load?.lanes ?? [] { places[lane, default: 0] += 1 }
        var blocked = [Int](repeating: 0, count: self.destinations.count)
        var queued = 0
        for index in 0..<self.lanes.capacity where self.lanes.isKnown(LaneSlot(index)) {
            let slot = LaneSlot(index)
            let lane = self.lanes[slot]
            if lane.flags.contains(.deferred) { blocked[self.destination(ofLane: slot)] += 1 }
            var count = 0
            var call = lane.head
            var last: [SourceSlot: Int64] = [:]
            while call >= 0 {
                guard self.pool.lane(call) == slot else { return "a call is in another lane's queue" }
                let id = self.pool.call(call).id
                let source = self.pool.source(call)
                guard id > last[source, default: 0] else { return "a queue is not in order" }
                last[source] = id
                count += 1
                call = self.pool.next(call)
            }
            guard count == Int(lane.count) else { return "a queue's length is wrong" }
            queued += count
            if lane.inFlight >= 0 { places[slot, default: 0] += 1 }
            guard places[slot] == 1 else { return "lane \(lane.key) is in \(places[slot] ?? 0) places: \(lane)" }
        }
        guard places.count == self.lanes.count else { return "an unknown lane is somewhere" }
        guard blocked == self.destinations.map(\.blockedLanes) else { return "blocked lanes are miscounted" }
        guard blocked.reduce(0, +) == self.blockedLanes else { return "all blocked lanes are miscounted" }
        guard queued + inFlight.count == self.pool.count else { return "calls are in no queue" }
        let kept = self.destinations.map(\.used).reduce(0, +)
        guard kept == self.pool.count else { return "\(self.pool.count) calls in memory, \(kept) accounted for" }
        guard self.destinations.map(\.callsInFlight).reduce(0, +) == self.requests.calls else {
            return "calls in flight are miscounted"
        }
        guard self.destinations.filter({ $0.used > 0 }).count == self.activeDestinations else {
            return "active destinations are miscounted"
        }
        guard !self.destinations.contains(where: { $0.used < 0 || $0.usedBytes < 0 || $0.reserved < 0 }) else {
            return "room is negative"
        }
        guard self.destinations.map(\.usedBytes).reduce(0, +) == self.pool.bytes else { return "bytes are miscounted" }
        var outstanding = [Int](repeating: 0, count: self.sources.entries.count)
        for slot in inFlight { outstanding[Int(self.pool.source(slot))] += 1 }
        for source in self.settling.pendingSources { outstanding[Int(source)] += 1 }
        for source in self.settling.currentSources { outstanding[Int(source)] += 1 }
        guard outstanding == self.sources.entries.map(\.outstanding) else { return "outstanding is miscounted" }
        return nil
    }
}

extension RelayMachine {
    /// What a failing test prints.
    var describe: String {
        var text = "now \(self.now.monotonic), wake \(self.armedWake), settling \(self.settling.count)"
        text += ", load \(self.load?.lanes.count ?? 0), awaiting \(self.awaitingCommit.count)\n"
        for source in self.sources.entries { text += "  \(source)\n" }
        for entry in self.destinations {
            text +=
                "  \(entry.gate.state) until \(entry.gate.until): ready \(entry.ready.count), due \(entry.due.count)"
            text += " from \(entry.due.min?.at ?? 0), requests \(entry.requests), used \(entry.used)"
            text += ", reserved \(entry.reserved), starved \(entry.isStarved), blocked \(entry.blockedLanes)\n"
        }
        return text
    }
}
